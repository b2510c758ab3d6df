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
 * flows, without the header, its last byte held back all the same. What is carried over from the
 * other dialect is held to its end, up to a larger bound.
 */
final class WholeRelay implements Relay {

  private static final int HELD = 1024 * 1024;
  private static final int LONGEST_CROSSED = 32 * 1024 * 1024;

  private final Outlet outlet;
  private final String provider;
  private final long declaredLength;
  private final @Nullable Crossing crossing;
  private final AnswerReader reader;

  private Buffer held = Buffer.buffer();
  private long length;
  private boolean flowing;
  private boolean over;

  /**
   * @param declaredLength the provider's {@code content-length}; -1: none
   * @param items what keeps the ids that the answer gives out; null: they are not asked for
   */
  WholeRelay(
      Outlet outlet, Leg leg, String provider, long declaredLength, @Nullable AnswerItems items) {
    this.outlet = outlet;
    this.provider = provider;
    this.declaredLength = declaredLength;
    this.crossing = leg.crossing();
    this.reader = new AnswerReader(leg.surface(), items);
  }

  @Override
  public void chunk(Buffer chunk) {
    byte[] bytes = chunk.getBytes();
    reader.feed(bytes, 0, bytes.length);
    length += bytes.length;
    if (!over) {
      held.appendBytes(bytes);
    }
    if (crossing != null) {
      if (length > LONGEST_CROSSED && !over) {
        cut(
            Failure.of(
                ErrorCode.UPSTREAM_INVALID,
                "provider "
                    + provider
                    + " answered with more than can be carried over: "
                    + LONGEST_CROSSED
                    + " bytes"));
      }
      return;
    }
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
    if (over) {
      return;
    }
    if (!reader.wellFormed()) {
      cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " answered with something that is not a JSON object"));
      return;
    }
    Answer answer = answer(reader.failed() ? Outcome.Status.ERROR : Outcome.Status.OK, true);
    if (crossing != null && !crossed(crossing)) {
      return;
    }
    if (!flowing) {
      Money cost = outlet.price(answer);
      outlet.head(held.length(), cost);
      writeAllButLast();
    }
    outlet.settle(answer);
  }

  @Override
  public void cut(Failure why) {
    over = true;
    Answer answer = answer(Outcome.Status.ERROR, false);
    if (flowing) {
      held = Buffer.buffer();
      outlet.settle(answer);
    } else {
      outlet.fail(why, answer);
    }
  }

  private boolean crossed(Crossing over) {
    try {
      held = Buffer.buffer(over.answer(held.getBytes()));
      return true;
    } catch (Failure unreadable) {
      cut(unreadable);
      return false;
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
    if (complete && reader.failed() && !reader.meter().counted() && !reader.made()) {
      return Answer.refused();
    }
    return Answer.of(status, reader.meter(), raw, complete || raw != null, reader.said(), length);
  }

  private void writeAllButLast() {
    int last = held.length() - 1;
    if (last > 0) {
      outlet.write(held.getBuffer(0, last));
      held = held.getBuffer(last, last + 1);
    }
  }
}
