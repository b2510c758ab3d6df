package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.toolcache.Cached;
import dev.tollgate.toolcache.ReadCall;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.toolcache.Upstream;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Answers;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One caller's read through the cache, on its event loop. Where the call to the server is its own,
 * it hears of progress and questions; the call may outlive it, for others wait for the answer too.
 */
final class CachedRead implements Ongoing {

  private final CallLoop loop = CallLoop.current();
  private final Listener listener;
  private final Function<Listener, Ongoing> send;
  private final Runnable cached;
  private @Nullable CompletableFuture<Cached> waiting;
  private @Nullable Ongoing own;
  private boolean over;
  private boolean paused;

  private CachedRead(Listener listener, Function<Listener, Ongoing> send, Runnable cached) {
    this.listener = listener;
    this.send = send;
    this.cached = cached;
  }

  /**
   * Begins one; called on an event loop.
   *
   * @param patience for how long its answer is waited for in all; silence is its server's matter
   * @param send sends the call to its server
   * @param cached runs when the answer is of no call of this caller
   */
  static Ongoing begin(
      ToolCache cache,
      CacheAsk.Read read,
      String provider,
      Duration patience,
      Listener listener,
      Function<Listener, Ongoing> send,
      Runnable cached) {
    CachedRead begun = new CachedRead(listener, send, cached);
    begun.waiting =
        cache.read(
            new ReadCall(
                read.key(),
                read.freshness(),
                read.control(),
                provider,
                read.label(),
                patience,
                begun::fetch));
    var _ =
        begun.waiting.whenComplete(
            (found, failure) -> begun.loop.run(() -> begun.ended(found, failure)));
    return begun;
  }

  // The call to the server
  // -----------------------------------------------------------------------------------

  private Upstream.Running fetch(Upstream.Asking asking) {
    CompletableFuture<Upstream.Answer> answer = new CompletableFuture<>();
    loop.run(() -> {
      Ongoing sent = send.apply(new Hears(asking, answer));
      own = sent;
      if (paused) {
        sent.pause();
      }
    });
    return new Upstream.Running(answer, () -> loop.run(this::cancelOwn));
  }

  private void cancelOwn() {
    if (own != null) {
      own.cancel();
    }
  }

  /** What the server says to a call of this caller. */
  private final class Hears implements Listener {

    private final Upstream.Asking asking;
    private final CompletableFuture<Upstream.Answer> answer;

    Hears(Upstream.Asking asking, CompletableFuture<Upstream.Answer> answer) {
      this.asking = asking;
      this.answer = answer;
    }

    @Override
    public void notified(Message.Notification notification) {
      if (!over) {
        listener.notified(notification);
      }
    }

    @Override
    public void asked(Question question) {
      asking.asked();
      if (!over) {
        listener.asked(question);
      }
    }

    @Override
    public void answered(Answer came) {
      switch (came) {
        case Answer.Result(Raw result) ->
            answer.complete(new Upstream.Answer(result.copy(), false));
        case Answer.Fault(Raw error) -> answer.complete(new Upstream.Answer(error.copy(), true));
        case Answer.Failed(Failure failure) -> answer.completeExceptionally(failure);
      }
    }
  }

  // The caller
  // -----------------------------------------------------------------------------------------

  private void ended(@Nullable Cached found, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    over = true;
    if (found == null) {
      listener.answered(
          new Answer.Failed(
              CallLoop.failure(
                  failure,
                  ErrorCode.INTERNAL,
                  "something went wrong inside the gateway; its log has it")));
      return;
    }
    if (found.status() == Cached.Status.HIT || found.status() == Cached.Status.STALE) {
      cached.run();
    }
    if (found.error()) {
      Answers.tell(listener, new Answer.Fault(Raw.of(found.result())));
    } else {
      listener.sourced(found.status().wire(), found.age());
      Answers.tell(listener, told(found));
    }
  }

  private static Answer told(Cached found) {
    try {
      return new Answer.Result(
          CacheAsk.told(found.result(), found.status().wire(), found.age().toMillis()));
    } catch (RpcError malformed) {
      return new Answer.Failed(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "the connector's server sent what cannot be read: " + malformed.getMessage(),
              malformed));
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  @Override
  public void pause() {
    paused = true;
    if (own != null) {
      own.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (own != null) {
      own.resume();
    }
  }
}
