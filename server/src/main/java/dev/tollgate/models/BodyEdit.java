package dev.tollgate.models;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes members of a body's top-level object and leaves every other byte as it came.
 *
 * <p>Values are spliced in place and new members put first; only where a member is taken out are
 * the kept ones joined anew, each still byte for byte.
 */
final class BodyEdit {

  private static final JsonMapper JSON = new JsonMapper();

  private final byte[] body;
  private final Envelope envelope;
  private final Map<String, @Nullable String> values = new LinkedHashMap<>();

  BodyEdit(BodyBytes body, Envelope envelope) {
    this.body = body.bytes();
    this.envelope = envelope;
  }

  /** Sets a member to a string. */
  BodyEdit text(String name, String value) {
    return json(name, JSON.writeValueAsString(value));
  }

  /**
   * Sets what {@code path} names, a member or a dotted path below one, to a JSON text; null takes
   * it out.
   */
  BodyEdit json(String path, @Nullable String value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      values.put(path, value);
    } else {
      below(path.substring(0, dot), path.substring(dot + 1), value);
    }
    return this;
  }

  private void below(String member, String rest, @Nullable String value) {
    Span span = envelope.span(member);
    String now = values.containsKey(member) ? values.get(member) : span == null ? null : raw(span);
    JsonNode tree = now == null ? JSON.createObjectNode() : JSON.readTree(now);
    if (!(tree instanceof ObjectNode root)) {
      return;
    }
    ObjectNode at = root;
    String[] names = rest.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      at = at.withObject("/" + names[i]);
    }
    String last = names[names.length - 1];
    if (value == null) {
      at.remove(last);
    } else {
      at.set(last, JSON.readTree(value));
    }
    values.put(member, root.isEmpty() ? null : JSON.writeValueAsString(root));
  }

  private String raw(Span span) {
    return new String(body, span.start(), span.end() - span.start(), StandardCharsets.UTF_8);
  }

  /** The body as changed; the very bytes that came where nothing was. */
  Buffer apply() {
    boolean takesOut =
        values.entrySet().stream()
            .anyMatch(edit -> edit.getValue() == null && envelope.span(edit.getKey()) != null);
    if (values.isEmpty()) {
      return BodyBytes.of(body).buffer();
    }
    return BodyBytes.of(takesOut ? joined() : spliced()).buffer();
  }

  private byte[] spliced() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
    int from = inserted(out);
    for (Span span : envelope.spans()) {
      String value = values.get(span.name());
      if (value != null) {
        out.write(body, from, span.start() - from);
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        from = span.end();
      }
    }
    out.write(body, from, body.length - from);
    return out.toByteArray();
  }

  /** Writes up to the first member, and new members before it; where the rest begins. */
  private int inserted(ByteArrayOutputStream out) {
    int first = envelope.spans().getFirst().key();
    out.write(body, 0, first);
    for (String member : fresh()) {
      out.writeBytes((member + ",").getBytes(StandardCharsets.UTF_8));
    }
    return first;
  }

  private List<String> fresh() {
    List<String> members = new ArrayList<>();
    values.forEach((name, value) -> {
      if (value != null && envelope.span(name) == null) {
        members.add(JSON.writeValueAsString(name) + ":" + value);
      }
    });
    return members;
  }

  private byte[] joined() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
    out.write('{');
    out.writeBytes(String.join(",", fresh()).getBytes(StandardCharsets.UTF_8));
    for (Span span : envelope.spans()) {
      if (values.containsKey(span.name()) && values.get(span.name()) == null) {
        continue;
      }
      if (out.size() > 1) {
        out.write(',');
      }
      String value = values.get(span.name());
      int end = value == null ? span.end() : span.start();
      out.write(body, span.key(), end - span.key());
      if (value != null) {
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
      }
    }
    out.write('}');
    return out.toByteArray();
  }
}
