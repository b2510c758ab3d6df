package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Message;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.toolcache.WriteTicket;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Answers;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Patience;
import dev.tollgate.upstreams.Question;
import io.vertx.core.Future;
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
  private boolean goesOn;
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
    public void primed(@Nullable Long retryMillis) {
      listener.primed(retryMillis);
    }

    @Override
    public void interrupted() {
      listener.interrupted();
    }

    /** The server may change something still: the mark stays until it cannot any more. */
    @Override
    public void goesOn(Future<Answer> end) {
      goesOn = true;
      WriteTicket marked = ticket;
      if (marked != null) {
        end.onComplete(
            last -> marked.after(outcome(last)),
            unknown -> marked.after(WriteTicket.Outcome.IN_DOUBT));
      }
    }

    @Override
    public void answered(Answer answer) {
      if (!over) {
        over = true;
        settle(goesOn ? WriteTicket.Outcome.IN_DOUBT : outcome(answer), answer);
      }
    }
  }

  /**
   * What surely did not reach its server is not in doubt, nor is what was answered and could not be
   * charged.
   */
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
          REQUESTS_LIMITED,
          TOKENS_LIMITED,
          STREAMS_LIMITED,
          BUDGET_UNAVAILABLE,
          UPSTREAM_UNREACHABLE,
          UNAVAILABLE,
          OVERLOADED ->
          WriteTicket.Outcome.ANSWERED;
      case UNPRICED_MODEL,
          UNBOUNDED_ESTIMATE,
          METHOD_NOT_ALLOWED,
          REQUEST_TIMEOUT,
          HEADERS_TOO_LARGE,
          INTERNAL,
          UPSTREAM_INVALID,
          UPSTREAM_TIMEOUT ->
          WriteTicket.Outcome.IN_DOUBT;
    };
  }

  private void settle(WriteTicket.Outcome outcome, Answer answer) {
    WriteTicket marked = ticket;
    if (marked == null) {
      Answers.tell(listener, answer);
    } else {
      ticket = null;
      var _ =
          marked
              .after(outcome)
              .whenComplete((_, _) -> loop.run(() -> Answers.tell(listener, answer)));
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      if (sent != null) {
        sent.cancel();
      }
      if (ticket != null) {
        var _ = ticket.after(WriteTicket.Outcome.IN_DOUBT);
      }
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

  @Override
  public void hurry() {
    if (sent != null) {
      sent.hurry();
    }
  }
}
