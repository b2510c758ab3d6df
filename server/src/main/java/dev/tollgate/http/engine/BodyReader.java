package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body into one array, within the bound of a body and the bound of all.
 *
 * <p>After a refusal the rest of the body is still read and thrown away, up to a bound: a client
 * that writes its whole body before it reads would otherwise see a reset and not the error.
 */
final class BodyReader {

  private static final int FIRST = 16 * 1024;

  /** Also where no body was wanted at all, such as after a wrong key. */
  private static final long LEAST_DISCARDED = 32L * 1024 * 1024;

  private final HttpServerRequest request;
  private final int limit;
  private final BodyBudget budget;
  private final Consumer<byte[]> done;
  private final Consumer<Failure> refused;
  private final Runnable discardedAll;

  private byte[] bytes = new byte[0];
  private int length;
  private long taken;
  private long discarded;
  private boolean discarding;

  /**
   * Reads the body of a request, once started.
   *
   * @param done takes a body that was read whole
   * @param refused hears of one that is too much, of which the rest is thrown away
   * @param discardedAll runs when that rest has come to its end
   */
  BodyReader(
      HttpServerRequest request,
      int limit,
      BodyBudget budget,
      Consumer<byte[]> done,
      Consumer<Failure> refused,
      Runnable discardedAll) {
    this.request = request;
    this.limit = limit;
    this.budget = budget;
    this.done = done;
    this.refused = refused;
    this.discardedAll = discardedAll;
  }

  void start() {
    long declared = declared();
    request.handler(this::chunk);
    request.endHandler(end -> end());
    if (declared > limit) {
      refuse(tooLarge());
      return;
    }
    if (declared > 0 && !take(declared)) {
      return;
    }
    bytes = new byte[(int) Math.min(Math.max(declared, 0), FIRST)];
    if (request.getHeader(HttpHeaders.EXPECT) != null) {
      request.response().writeContinue();
    }
  }

  /** Gives back what the body took of the bound of all. */
  void free() {
    budget.give(taken);
    taken = 0;
  }

  private long declared() {
    @Nullable String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return header == null ? -1 : Long.parseLong(header.strip());
    } catch (NumberFormatException malformed) {
      return -1;
    }
  }

  private boolean take(long wanted) {
    if (budget.take(wanted)) {
      taken += wanted;
      return true;
    }
    refuse(
        Failure.of(
            ErrorCode.OVERLOADED, "too many bytes of requests are in flight; try again shortly"));
    return false;
  }

  private void chunk(Buffer chunk) {
    int size = chunk.length();
    if (discarding) {
      discard(size);
      return;
    }
    if ((long) length + size > limit) {
      refuse(tooLarge());
      return;
    }
    long missing = (long) length + size - taken;
    if (missing > 0 && !take(missing)) {
      return;
    }
    if (length + size > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(length + size));
    }
    ByteBuf source = ((BufferInternal) chunk).getByteBuf();
    source.getBytes(source.readerIndex(), bytes, length, size);
    length += size;
  }

  private int grown(int needed) {
    long doubled = Math.max(bytes.length * 2L, FIRST);
    return (int) Math.max(needed, Math.min(doubled, Math.max(taken, needed)));
  }

  private void discard(int size) {
    discarded += size;
    if (discarded > Math.max(4L * limit, LEAST_DISCARDED)) {
      request.connection().close();
    }
  }

  private void end() {
    if (discarding) {
      discardedAll.run();
    } else {
      done.accept(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }
  }

  private void refuse(Failure failure) {
    discarding = true;
    bytes = new byte[0];
    length = 0;
    free();
    refused.accept(failure);
  }

  private Failure tooLarge() {
    return Failure.of(
        ErrorCode.REQUEST_TOO_LARGE, "the body is larger than " + limit + " bytes, the limit here");
  }
}
