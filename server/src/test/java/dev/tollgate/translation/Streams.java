package dev.tollgate.translation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Streams of server-sent events, whole. */
final class Streams {

  private Streams() {}

  /** The events of a stream, each with its empty line. */
  static List<byte[]> events(String stream) {
    List<byte[]> events = new ArrayList<>();
    for (int from = 0; from < stream.length(); ) {
      int end = stream.indexOf("\n\n", from);
      int to = end < 0 ? stream.length() : end + 2;
      events.add(stream.substring(from, to).getBytes(StandardCharsets.UTF_8));
      from = to;
    }
    return events;
  }

  static String translated(StreamTranslation translation, String stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] event : events(stream)) {
      out.writeBytes(translation.event(event, 0, event.length));
      // The bytes are the reader's own, who puts the next event there.
      Arrays.fill(event, (byte) '~');
    }
    out.writeBytes(translation.end());
    return out.toString(StandardCharsets.UTF_8);
  }
}
