package dev.tollgate.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The size of a prompt: UTF-8 bytes of its strings, an image or file counting 4,000.
 *
 * <p>Strings that merely name things ({@code type}, {@code role}, identifiers) do not count.
 *
 * @param bytes the whole
 * @param marks the places where the caller put {@code cache_control}, in order
 */
record Prompt(long bytes, List<Mark> marks) {

  static final int BYTES_PER_TOKEN = 4;

  private static final int BYTES_PER_IMAGE = 4_000;
  private static final Set<String> IMAGES =
      Set.of("image", "image_url", "input_image", "document", "file", "input_file", "input_audio");
  private static final Set<String> NAMES =
      Set.of("type", "role", "id", "tool_use_id", "tool_call_id", "signature");

  /**
   * The end of a prefix to be cached.
   *
   * @param bytes from the start of the prompt
   * @param hash of everything up to here
   * @param hour whether it is kept for an hour instead of five minutes
   */
  record Mark(long bytes, long hash, boolean hour) {}

  /** Tokens of a text: a quarter of its bytes, rounded up. */
  static long tokens(long bytes) {
    return (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
  }

  static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  long tokens() {
    return Math.max(1, tokens(bytes));
  }

  /** Reads {@code parts} in order; {@code whole} carries the mark of everything, or is missing. */
  static Prompt of(JsonNode whole, List<JsonNode> parts) {
    Walk walk = new Walk();
    parts.forEach(walk::visit);
    walk.mark(whole);
    return new Prompt(walk.bytes, List.copyOf(walk.marks));
  }

  private static final class Walk {
    private final List<Mark> marks = new ArrayList<>();
    private long bytes;
    private long hash = 1;

    void visit(JsonNode node) {
      if (node.isString()) {
        count(node.stringValue());
      } else if (node.isArray()) {
        node.values().forEach(this::visit);
      } else if (node.isObject()) {
        visitObject(node);
      }
    }

    private void visitObject(JsonNode node) {
      if (IMAGES.contains(Json.text(node.path("type")))) {
        bytes += BYTES_PER_IMAGE;
        hash = hash * 31 + node.hashCode();
      } else {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
          if (!NAMES.contains(property.getKey()) && !property.getKey().equals("cache_control")) {
            visit(property.getValue());
          }
        }
      }
      mark(node);
    }

    private void mark(JsonNode node) {
      JsonNode control = node.path("cache_control");
      if (control.isObject()) {
        marks.add(new Mark(bytes, hash, Json.text(control.path("ttl")).equals("1h")));
      }
    }

    private void count(String text) {
      bytes += Prompt.bytes(text);
      hash = hash * 31 + text.hashCode();
    }
  }
}
