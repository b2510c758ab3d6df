package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Outcome;
import dev.tollgate.translation.StreamTranslation;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events: each goes out as soon as it is whole, but for the one that ends the answer,
 * which waits for the charge to be durable.
 */
final class StreamRelay implements Relay {

  private static final int LONGEST_EVENT = 16 * 1024 * 1024;

  private final Outlet outlet;
  private final String provider;
  private final StreamReader reader;
  private final @Nullable StreamTranslation crossing;
  private final ServerSentEvents events = new ServerSentEvents(LONGEST_EVENT);

  private Buffer last = Buffer.buffer();
  private boolean ended;
  private boolean over;
  private byte @Nullable [] runBytes;
  private int runFrom;
  private int runTo;

  StreamRelay(Outlet outlet, Leg leg, String provider, @Nullable AnswerItems items) {
    this.outlet = outlet;
    this.provider = provider;
    this.reader = StreamReader.of(leg.surface(), leg.envelope().usageAsked(), items);
    this.crossing = leg.crossing() == null ? null : leg.crossing().stream();
    outlet.head(-1, null);
    outlet.flushHead();
  }

  @Override
  public void chunk(Buffer chunk) {
    if (over) {
      return;
    }
    boolean bounded;
    try {
      bounded = events.feed(chunk, this::event);
    } catch (Failure unreadable) {
      cut(unreadable);
      return;
    }
    writeRun();
    if (ended || last.length() > 0) {
      over(reader.failed() ? Outcome.Status.ERROR : Outcome.Status.OK);
    } else if (!bounded) {
      cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " sent an event of more than " + LONGEST_EVENT + " bytes"));
    }
  }

  /** Events that follow each other go out in one write. */
  private void event(byte[] bytes, int from, int to) {
    if (crossing != null) {
      crossed(crossing, bytes, from, to);
      return;
    }
    if (last.length() > 0) {
      last.appendBytes(bytes, from, to - from);
      return;
    }
    switch (read(bytes, from, to)) {
      case PASS -> {
        if (runBytes == null) {
          runBytes = bytes;
          runFrom = from;
        }
        runTo = to;
      }
      case DROP -> writeRun();
      case LAST -> {
        writeRun();
        last = Buffer.buffer(Arrays.copyOfRange(bytes, from, to));
      }
    }
  }

  private StreamReader.Verdict read(byte[] bytes, int from, int to) {
    if (!events.folded()) {
      return reader.read(bytes, from, to);
    }
    byte[] unfolded = ServerSentEvents.unfolded(bytes, from, to);
    return reader.read(unfolded, 0, unfolded.length);
  }

  private void crossed(StreamTranslation translation, byte[] bytes, int from, int to) {
    if (over) {
      return;
    }
    boolean ends = read(bytes, from, to) == StreamReader.Verdict.LAST;
    Buffer written = Buffer.buffer(translation.event(bytes, from, to));
    if (ends || last.length() > 0) {
      last.appendBuffer(written);
    } else if (written.length() > 0) {
      outlet.write(written);
    }
    ended |= ends;
  }

  private void writeRun() {
    if (runBytes != null) {
      outlet.write(Buffer.buffer(Arrays.copyOfRange(runBytes, runFrom, runTo)));
      runBytes = null;
    }
  }

  @Override
  public void end() {
    if (over) {
      return;
    }
    if (crossing == null) {
      last = events.rest();
    } else if (reader.whole()) {
      last = Buffer.buffer(crossing.end());
    }
    if (reader.failed()) {
      // The caller was told by the provider.
      over(Outcome.Status.ERROR);
    } else if (reader.whole()) {
      over(Outcome.Status.OK);
    } else {
      cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " ended the stream before the answer was whole"));
    }
  }

  @Override
  public void cut(Failure why) {
    if (!over) {
      // Whom the provider told of an error is told of one, not of two.
      last = reader.failed() ? Buffer.buffer() : outlet.errorEvent(why);
      over(Outcome.Status.ERROR);
    }
  }

  private void over(Outcome.Status status) {
    over = true;
    outlet.settle(answer(status));
  }

  @Override
  public Answer soFar() {
    return answer(Outcome.Status.DISCONNECTED);
  }

  private Answer answer(Outcome.Status status) {
    if (reader.refused()) {
      return Answer.refused();
    }
    return Answer.of(
        status,
        reader.meter(),
        reader.rawUsage(),
        reader.finished(),
        reader.delivered() > 0,
        reader.delivered());
  }

  @Override
  public void settled() {
    outlet.finish(last.length() == 0 ? null : last);
  }
}
