package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not a stream: held up to a bound, so that its cost can be a header. Then head
 * and all but the last byte go out, and that byte when the charge is durable. A longer answer
 * flows, without the header, its last byte held back all the same.
 */
final class WholeRelay implements Relay {

  private static final int HELD = 1024 * 1024;

  private final Outlet outlet;
  private final String provider;
  private final long declaredLength;
  private final AnswerReader reader;

  private Buffer held = Buffer.buffer();
  private long length;
  private boolean flowing;

  /**
   * @param declaredLength the provider's {@code content-length}; -1: none
   */
  WholeRelay(Outlet outlet, Dialect dialect, String provider, long declaredLength) {
    this.outlet = outlet;
    this.provider = provider;
    this.declaredLength = declaredLength;
    this.reader = new AnswerReader(dialect);
  }

  @Override
  public void chunk(Buffer chunk) {
    byte[] bytes = chunk.getBytes();
    reader.feed(bytes, 0, bytes.length);
    length += bytes.length;
    held.appendBytes(bytes);
    if (!flowing && held.length() > HELD) {
      flowing = true;
      outlet.head(declaredLength, null);
    }
    if (flowing) {
      writeAllButLast();
    }
  }

  @Override
  public void end() {
    if (!reader.wellFormed()) {
      cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " answered with something that is not a JSON object"));
      return;
    }
    Answer answer = answer(Outcome.Status.OK, true);
    if (!flowing) {
      Money cost = outlet.price(answer);
      outlet.head(length, cost);
      writeAllButLast();
    }
    outlet.settle(answer);
  }

  @Override
  public void cut(Failure why) {
    Answer answer = answer(Outcome.Status.ERROR, false);
    if (flowing) {
      held = Buffer.buffer();
      outlet.settle(answer);
    } else {
      outlet.fail(why, answer);
    }
  }

  @Override
  public Answer soFar() {
    return answer(Outcome.Status.DISCONNECTED, false);
  }

  @Override
  public void settled() {
    if (held.length() == 0) {
      outlet.abort();
    } else {
      outlet.finish(held);
    }
  }

  private Answer answer(Outcome.Status status, boolean complete) {
    @Nullable String raw = reader.rawUsage();
    return Answer.of(status, reader.meter(), raw, complete || raw != null, length);
  }

  private void writeAllButLast() {
    int last = held.length() - 1;
    if (last > 0) {
      outlet.write(held.getBuffer(0, last));
      held = held.getBuffer(last, last + 1);
    }
  }
}
