package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Message;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.toolcache.WriteTicket;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Patience;
import dev.tollgate.upstreams.Question;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that may change something, on its event loop: marked before it is sent, and answered when
 * no node gives an older answer any more.
 */
final class MarkedWrite implements Ongoing {

  private final CallLoop loop = CallLoop.current();
  private final Listener listener;
  private final Function<Listener, Ongoing> send;
  private @Nullable WriteTicket ticket;
  private @Nullable Ongoing sent;
  private boolean over;
  private boolean paused;

  private MarkedWrite(Listener listener, Function<Listener, Ongoing> send) {
    this.listener = listener;
    this.send = send;
  }

  /** Begins one; called on an event loop. */
  static Ongoing begin(
      ToolCache cache, CacheAsk.Write write, Listener listener, Function<Listener, Ongoing> send) {
    MarkedWrite begun = new MarkedWrite(listener, send);
    var _ =
        cache
            .beforeWrite(
                write.organization(),
                write.connector(),
                write.alsoPublic(),
                Patience.DEFAULT.call())
            .whenComplete((ticket, failure) -> begun.loop.run(() -> begun.marked(ticket, failure)));
    return begun;
  }

  private void marked(@Nullable WriteTicket marked, @Nullable Throwable failure) {
    if (marked == null) {
      if (!over) {
        over = true;
        listener.answered(
            new Answer.Failed(
                CallLoop.failure(
                    failure,
                    ErrorCode.UNAVAILABLE,
                    "the call could not be announced to the other nodes; it was not sent")));
      }
    } else if (over) {
      // It was cancelled before it was sent.
      var _ = marked.after(WriteTicket.Outcome.ANSWERED);
    } else {
      ticket = marked;
      Ongoing begun = send.apply(new Hears());
      sent = begun;
      if (paused) {
        begun.pause();
      }
    }
  }

  private final class Hears implements Listener {
    @Override
    public void notified(Message.Notification notification) {
      listener.notified(notification);
    }

    @Override
    public void asked(Question question) {
      listener.asked(question);
    }

    @Override
    public void answered(Answer answer) {
      if (!over) {
        over = true;
        settle(outcome(answer), () -> listener.answered(answer));
      }
    }
  }

  /** What was refused before it was sent, or is late to be charged, is not in doubt. */
  private static WriteTicket.Outcome outcome(Answer answer) {
    if (!(answer instanceof Answer.Failed(Failure failure))) {
      return WriteTicket.Outcome.ANSWERED;
    }
    return switch (failure.code()) {
      case INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          CONFLICT,
          REQUEST_TOO_LARGE,
          BUDGET_EXHAUSTED,
          BUDGET_INSUFFICIENT,
          BUDGET_HELD,
          BUDGET_UNAVAILABLE ->
          WriteTicket.Outcome.ANSWERED;
      case UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          HEADERS_TOO_LARGE,
          INTERNAL,
          UPSTREAM_UNREACHABLE,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT,
          UNAVAILABLE,
          OVERLOADED ->
          WriteTicket.Outcome.IN_DOUBT;
    };
  }

  private void settle(WriteTicket.Outcome outcome, Runnable then) {
    WriteTicket marked = ticket;
    if (marked == null) {
      then.run();
    } else {
      ticket = null;
      var _ = marked.after(outcome).whenComplete((_, _) -> loop.run(then));
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      if (sent != null) {
        sent.cancel();
      }
      settle(WriteTicket.Outcome.IN_DOUBT, () -> {});
    }
  }

  @Override
  public void pause() {
    paused = true;
    if (sent != null) {
      sent.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (sent != null) {
      sent.resume();
    }
  }
}
