package dev.tollgate.translation;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes JSON, of values that are already written among others. */
final class Out {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int LARGE = 2_048;

  private final Sink sink;
  private final JsonGenerator json;

  Out(Sink sink) {
    this.sink = sink;
    this.json = FACTORY.createGenerator(ObjectWriteContext.empty(), sink);
  }

  Out() {
    this(new Sink());
  }

  Out object() {
    json.writeStartObject();
    return this;
  }

  Out object(String name) {
    json.writeObjectPropertyStart(name);
    return this;
  }

  /** Begins a member whose value comes next. */
  Out putName(String name) {
    json.writeName(name);
    return this;
  }

  Out array() {
    json.writeStartArray();
    return this;
  }

  Out array(String name) {
    json.writeArrayPropertyStart(name);
    return this;
  }

  Out endObject() {
    json.writeEndObject();
    return this;
  }

  Out endArray() {
    json.writeEndArray();
    return this;
  }

  Out put(String name, @Nullable String value) {
    if (value == null) {
      return putNull(name);
    }
    json.writeStringProperty(name, unicode(value));
    return this;
  }

  Out put(String name, long value) {
    json.writeNumberProperty(name, value);
    return this;
  }

  Out put(String name, boolean value) {
    json.writeBooleanProperty(name, value);
    return this;
  }

  Out putNull(String name) {
    json.writeNullProperty(name);
    return this;
  }

  /** A value as it is written; the member is left out where there is none. */
  Out put(String name, @Nullable Node value) {
    if (value != null) {
      json.writeName(unicode(name));
      element(value);
    }
    return this;
  }

  /** JSON that is written already, and known to be well-formed. */
  Out putJson(String name, String value) {
    json.writeName(name);
    json.writeRawValue(value);
    return this;
  }

  Out element(Node value) {
    if (value.length() < LARGE) {
      json.writeRawValue(value.json());
    } else {
      json.writeRawValue("");
      refer(value.bytes, value.from, value.length());
    }
    return this;
  }

  /**
   * A string made of {@code prefix} and of what stands, escaped already, in {@code bytes[from,
   * to)}.
   *
   * @param prefix of characters that need no escape
   */
  Out putString(String name, String prefix, byte[] bytes, int from, int to) {
    json.writeName(name);
    if (to - from < LARGE) {
      json.writeRawValue(
          '"' + prefix + new String(bytes, from, to - from, StandardCharsets.UTF_8) + '"');
    } else {
      json.writeRawValue('"' + prefix);
      refer(bytes, from, to - from);
      json.writeRaw('"');
    }
    return this;
  }

  private void refer(byte[] bytes, int from, int length) {
    json.flush();
    sink.refer(bytes, from, length);
  }

  /**
   * Half a surrogate pair, which JSON can escape, is no character, and UTF-8 has no bytes for it.
   */
  private static String unicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
      }
    }
    return text;
  }

  void close() {
    json.close();
  }

  /** What was written. */
  byte[] bytes() {
    close();
    return sink.bytes();
  }
}
