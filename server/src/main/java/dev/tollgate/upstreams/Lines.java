package dev.tollgate.upstreams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of a stream, each within a bound. Blocks; for one thread. */
final class Lines {

  private final InputStream in;
  private final int bound;
  private final byte[] buffer = new byte[16 * 1024];
  private int at;
  private int end;

  /** A line beyond the bound. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  Lines(InputStream in, int bound) {
    this.in = in;
    this.bound = bound;
  }

  /** The next line without its end; null: there is none. */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (at == end) {
        at = 0;
        end = in.read(buffer);
        if (end < 0) {
          end = 0;
          return line.size() == 0 ? null : line.toByteArray();
        }
      }
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      line.write(buffer, from, at - from);
      if (line.size() > bound) {
        throw new TooLong();
      }
      if (at < end) {
        at++;
        return line.toByteArray();
      }
    }
  }
}
