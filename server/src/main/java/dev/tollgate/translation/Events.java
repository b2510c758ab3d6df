package dev.tollgate.translation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Server-sent events (HTML Living Standard, section 9.2), read and written. */
final class Events {

  /** The data of an event: {@code bytes[from, to)}. */
  @SuppressWarnings("ArrayRecordComponent") // Points, never compared.
  record Data(byte[] bytes, int from, int to) {

    boolean is(String text) {
      return text.length() == to - from
          && new String(bytes, from, to - from, StandardCharsets.US_ASCII).equals(text);
    }
  }

  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

  private final Sink sink = new Sink();

  /** The data of one event; null: it has none, as a comment has not. */
  static @Nullable Data data(byte[] bytes, int from, int to) {
    Data only = null;
    ByteArrayOutputStream several = null;
    for (int line = from; line < to; ) {
      int end = lineEnd(bytes, line, to);
      if (startsData(bytes, line, end)) {
        int begin = line + DATA.length;
        Data data = new Data(bytes, begin < end && bytes[begin] == ' ' ? begin + 1 : begin, end);
        if (only == null) {
          only = data;
        } else {
          if (several == null) {
            several = new ByteArrayOutputStream();
            several.write(only.bytes, only.from, only.to - only.from);
          }
          several.write('\n');
          several.write(data.bytes, data.from, data.to - data.from);
        }
      }
      line = end + 1;
    }
    if (several == null) {
      return only == null || only.from == only.to ? null : only;
    }
    byte[] joined = several.toByteArray();
    return new Data(joined, 0, joined.length);
  }

  private static int lineEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at;
  }

  private static boolean startsData(byte[] bytes, int from, int to) {
    if (to - from < DATA.length) {
      return false;
    }
    for (int i = 0; i < DATA.length; i++) {
      if (bytes[from + i] != DATA[i]) {
        return false;
      }
    }
    return true;
  }

  /** Begins an event without a name, as OpenAI's are. */
  Out begin() {
    return text("data: ");
  }

  /** Begins an event with a name, as Anthropic's are, whose data repeats it. */
  Out begin(String name) {
    return text("event: " + name + "\ndata: ").object().put("type", name);
  }

  void end(Out out) {
    out.close();
    sink.write('\n');
    sink.write('\n');
  }

  /** Writes what is an event already. */
  void whole(String event) {
    byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
    sink.write(bytes, 0, bytes.length);
  }

  private Out text(String text) {
    whole(text);
    return new Out(sink);
  }

  byte[] bytes() {
    return sink.bytes();
  }
}
