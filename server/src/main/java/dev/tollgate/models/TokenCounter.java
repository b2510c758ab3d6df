package dev.tollgate.models;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts a request's tokens where its provider cannot: o200k's, which is near, not exact, for
 * models of others. The first count loads the vocabulary (most of a second), so never on an event
 * loop.
 */
final class TokenCounter {

  private static final JsonMapper JSON = new JsonMapper();
  private static final long TURN = 4;
  private static final long IMAGE = 1_600;

  private TokenCounter() {}

  /** Loaded by the first who counts. */
  private static final class Vocabulary {
    private static final Encoding O200K =
        Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  }

  static long count(BodyBytes body) {
    JsonNode root = JSON.readTree(body.bytes());
    return TURN * (1 + root.path("messages").size())
        + tokens(root.path("system"))
        + tokens(root.path("messages"))
        + tokens(root.path("tools"));
  }

  private static long tokens(JsonNode node) {
    if (node.isString()) {
      return Vocabulary.O200K.countTokensOrdinary(node.stringValue());
    }
    if (node.path("type").stringValue("").equals("image")) {
      return IMAGE;
    }
    long sum = 0;
    if (node.isObject()) {
      for (var member : node.properties()) {
        sum += tokens(member.getValue());
      }
    } else {
      for (JsonNode element : node) {
        sum += tokens(element);
      }
    }
    return sum;
  }
}
