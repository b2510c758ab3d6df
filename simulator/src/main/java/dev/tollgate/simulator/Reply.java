package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes out, byte for byte, and when.
 *
 * @param contentLength as announced; -1: in chunks
 * @param parts written one after the other
 * @param firstByte microseconds before the head
 * @param step microseconds between two parts
 * @param answer what it says; null: an error or no answer at all
 */
record Reply(
    int status,
    Map<String, String> headers,
    long contentLength,
    List<Buffer> parts,
    Ending ending,
    long firstByte,
    long step,
    @Nullable Answer answer) {

  /** What follows the last part. */
  enum Ending {
    NORMAL,
    RESET,
    CLOSE
  }
}
