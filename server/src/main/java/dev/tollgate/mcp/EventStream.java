package dev.tollgate.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events out of a stream of bytes (HTML Living Standard, section 9.2), each
 * within a bound. Not thread-safe.
 */
public final class EventStream {

  /**
   * One event.
   *
   * @param id null: it has none
   * @param type {@code message} where it names none
   * @param data its lines, joined; empty for an event that only primes a client to reconnect
   * @param retryMillis how long to wait before reconnecting, an hour at most; null: it says nothing
   */
  public record Event(@Nullable String id, String type, Raw data, @Nullable Long retryMillis) {}

  private static final long LONGEST_RETRY_MILLIS = 3_600_000;

  private final int bound;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private boolean anyData;
  private boolean afterReturn;
  private @Nullable String id;
  private @Nullable String type;
  private @Nullable Long retry;

  /**
   * A reader of one stream.
   *
   * @param bound the most bytes that one event may take
   */
  public EventStream(int bound) {
    this.bound = bound;
  }

  /** Takes {@code chunk}; throws {@link RpcError} when an event outgrows the bound. */
  public void feed(byte[] chunk, Consumer<Event> sink) {
    int from = 0;
    for (int i = 0; i < chunk.length; i++) {
      byte b = chunk[i];
      if (b != '\n' && b != '\r') {
        afterReturn = false;
        continue;
      }
      line.write(chunk, from, i - from);
      from = i + 1;
      if (b == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = b == '\r';
      lineEnded(sink);
    }
    line.write(chunk, from, chunk.length - from);
    if (line.size() + data.size() > bound) {
      throw RpcError.of(
          RpcError.UPSTREAM_FAILED, "an event of the stream is longer than " + bound + " bytes");
    }
  }

  private void lineEnded(Consumer<Event> sink) {
    byte[] bytes = line.toByteArray();
    line.reset();
    if (bytes.length == 0) {
      dispatch(sink);
      return;
    }
    int colon = 0;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    int value = colon + 1 < bytes.length && bytes[colon + 1] == ' ' ? colon + 2 : colon + 1;
    field(
        new String(bytes, 0, colon, StandardCharsets.UTF_8), bytes, Math.min(value, bytes.length));
  }

  private void field(String name, byte[] bytes, int from) {
    switch (name) {
      case "data" -> {
        if (anyData) {
          data.write('\n');
        }
        anyData = true;
        data.write(bytes, from, bytes.length - from);
      }
      case "id" -> id = text(bytes, from);
      case "event" -> type = text(bytes, from);
      case "retry" -> {
        Long millis = Raw.of(text(bytes, from)).whole();
        retry =
            millis == null || millis < 0
                ? retry
                : Long.valueOf(Math.min(millis, LONGEST_RETRY_MILLIS));
      }
      default -> {
        // A comment, or a field that the standard does not know: to be ignored.
      }
    }
  }

  private static String text(byte[] bytes, int from) {
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }

  private void dispatch(Consumer<Event> sink) {
    if (!anyData && id == null && retry == null) {
      type = null;
      return;
    }
    Event event = new Event(id, type == null ? "message" : type, Raw.of(data.toByteArray()), retry);
    data.reset();
    anyData = false;
    id = null;
    type = null;
    retry = null;
    sink.accept(event);
  }
}
