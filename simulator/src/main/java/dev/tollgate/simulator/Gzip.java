package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** One gzip stream in as many parts as its content has, each of them flushed. */
final class Gzip {

  private Gzip() {}

  static List<Buffer> encode(List<Buffer> parts) {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    List<Buffer> encoded = new ArrayList<>();
    try (GZIPOutputStream gzip = new GZIPOutputStream(sink, 8_192, true)) {
      for (int i = 0; i < parts.size(); i++) {
        gzip.write(parts.get(i).getBytes());
        if (i == parts.size() - 1) {
          gzip.finish();
        } else {
          gzip.flush();
        }
        encoded.add(Buffer.buffer(sink.toByteArray()));
        sink.reset();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return encoded;
  }
}
