package dev.tollgate.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * A JSON value as it stands in bytes (UTF-8), which nobody changes any more. Two are equal when
 * their bytes are.
 */
public final class Raw {

  public static final Raw EMPTY_OBJECT = of("{}");
  public static final Raw TRUE = of("true");

  private final byte[] bytes;
  private final int from;
  private final int to;

  Raw(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** A value that is written out: {@code json} is not looked at. */
  public static Raw of(String json) {
    return of(json.getBytes(StandardCharsets.UTF_8));
  }

  /** A value that is written out; {@code json} is not copied, so not to be changed. */
  public static Raw of(byte[] json) {
    return new Raw(json, 0, json.length);
  }

  /** A string. */
  public static Raw string(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 2);
    out.write('"');
    out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
    out.write('"');
    return of(out.toByteArray());
  }

  /** A whole number. */
  public static Raw number(long value) {
    return of(Long.toString(value));
  }

  public boolean isObject() {
    return begins('{');
  }

  public boolean isArray() {
    return begins('[');
  }

  public boolean isString() {
    return begins('"');
  }

  public boolean isNull() {
    return begins('n');
  }

  /** Whether it is {@code true}. */
  public boolean isTrue() {
    return begins('t');
  }

  private boolean begins(char first) {
    return from < to && bytes[from] == first;
  }

  /** The text of a string; null: it is none. */
  public @Nullable String string() {
    return isString() ? Json.string(this) : null;
  }

  /** A whole number within a long; null: it is none. */
  public @Nullable Long whole() {
    if (from == to || to - from > 19 || !(bytes[from] == '-' || digit(bytes[from]))) {
      return null;
    }
    for (int i = from + 1; i < to; i++) {
      if (!digit(bytes[i])) {
        return null;
      }
    }
    try {
      return Long.valueOf(json());
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** As it is written. */
  public String json() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** A copy of its bytes. */
  public byte[] copy() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  public int length() {
    return to - from;
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  void writeTo(ByteArrayOutputStream out) {
    out.write(bytes, from, to - from);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Raw raw && Arrays.equals(bytes, from, to, raw.bytes, raw.from, raw.to);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return json();
  }
}
