package dev.tollgate.translation;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.translation.Node.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads what a provider sent: what is not needed may be anything, what is needed must be right. */
final class Upstream {

  private Upstream() {}

  static Node answer(byte[] body) {
    return object(body, 0, body.length);
  }

  static Node object(byte[] bytes, int from, int to) {
    try {
      Node node = Node.parse(bytes, from, to);
      if (node.is(Kind.OBJECT)) {
        return node;
      }
    } catch (JacksonException malformed) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID, "the provider's answer is not valid JSON", malformed);
    }
    throw invalid("it is not a JSON object");
  }

  static Node need(Node parent, String name, Kind kind) {
    Node value = parent.get(name);
    if (value == null || !value.is(kind)) {
      throw invalid(name + " is missing or of another kind than its API has");
    }
    return value;
  }

  /** A member that may be missing or null, but is nothing else than its API has. */
  static @Nullable Node may(Node parent, String name, Kind kind) {
    return parent.get(name) == null ? null : need(parent, name, kind);
  }

  static String needText(Node parent, String name) {
    return need(parent, name, Kind.STRING).text();
  }

  /** A string; null where there is none, or something else. */
  static @Nullable Node string(Node parent, String name) {
    Node value = parent.get(name);
    return value == null || !value.is(Kind.STRING) ? null : value;
  }

  static @Nullable String text(Node parent, String name) {
    Node value = string(parent, name);
    return value == null ? null : value.text();
  }

  static long whole(@Nullable Node parent, String name) {
    Node value = parent == null ? null : parent.get(name);
    return value == null ? 0 : Math.max(0, value.whole(0));
  }

  static Failure invalid(String what) {
    return Failure.of(
        ErrorCode.UPSTREAM_INVALID, "the provider's answer cannot be translated: " + what);
  }
}
