package dev.tollgate.models;

import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which conversation a request belongs to, as a number: by what the client calls it, else by what
 * stays the same over its turns, within the organization. The same on every node.
 *
 * <p>Two conversations that begin alike are taken for one, which does no harm: the provider's cache
 * has their common beginning.
 */
final class Conversation {

  /** What clients call their session: Claude Code, Codex. */
  private static final String[] SESSIONS = {"x-claude-code-session-id", "session_id"};

  /** So much of a text is looked at from its beginning, and as much at its end. */
  private static final int MOST = 512;

  private static final int LARGEST_METADATA = 4_096;
  private static final JsonMapper JSON = new JsonMapper();

  private Conversation() {}

  static long of(ModelCall call) {
    return of(
        call.scope().organizationId(),
        call.request().headers(),
        call.envelope(),
        call.body().bytes());
  }

  static long of(UUID organization, MultiMap headers, Envelope envelope, byte[] body) {
    long hash =
        Mixing.mix(
            organization.getMostSignificantBits()
                ^ Mixing.mix(organization.getLeastSignificantBits()));
    for (String header : SESSIONS) {
      String session = headers.get(header);
      if (session != null) {
        return Mixing.mix(hash, session);
      }
    }
    Span key = envelope.span("prompt_cache_key");
    if (key != null) {
      return text(hash, body, key);
    }
    String user = user(envelope.span("metadata"), body);
    if (user != null) {
      hash = Mixing.mix(hash, user);
      if (user.contains("session")) {
        return hash;
      }
    }
    return opening(hash, envelope, body);
  }

  private static long opening(long organization, Envelope envelope, byte[] body) {
    long hash = organization;
    Span system = envelope.span("system");
    if (system != null) {
      hash = Mixing.mix(hash, body, system.start(), Math.min(system.end(), system.start() + MOST));
    }
    for (Span text : envelope.opening()) {
      hash = text(hash, body, text);
    }
    return hash;
  }

  private static long text(long hash, byte[] body, Span text) {
    if (text.end() - text.start() <= 2 * MOST) {
      return Mixing.mix(hash, body, text.start(), text.end());
    }
    return Mixing.mix(
        Mixing.mix(hash, body, text.start(), text.start() + MOST),
        body,
        text.end() - MOST,
        text.end());
  }

  /** Anthropic's {@code metadata.user_id}, in which Claude Code names the session, too. */
  private static @Nullable String user(@Nullable Span metadata, byte[] body) {
    if (metadata == null || metadata.end() - metadata.start() > LARGEST_METADATA) {
      return null;
    }
    try {
      JsonNode tree = JSON.readTree(Arrays.copyOfRange(body, metadata.start(), metadata.end()));
      return tree.path("user_id").stringValue(null);
    } catch (JacksonException malformed) {
      return null;
    }
  }
}
