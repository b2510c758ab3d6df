package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent if its server's breaker lets it, which is told what became of it. An answer,
 * an error of the protocol too, is a server that works. Lives on its event loop.
 */
final class GuardedCall extends Successive implements Listener {

  private final CircuitBreaker breaker;
  private final Listener listener;
  private final long beganNanos;
  private boolean over;

  private GuardedCall(CircuitBreaker breaker, Listener listener, long beganNanos) {
    this.breaker = breaker;
    this.listener = listener;
    this.beganNanos = beganNanos;
  }

  static Ongoing begin(
      UpstreamLoop loop,
      Breakers breakers,
      Target target,
      Invocation invocation,
      Listener listener) {
    if (invocation.method().equals(Method.LISTEN)) {
      return BoundedListening.begin(loop, target, invocation, listener);
    }
    CircuitBreaker breaker = breakers.of(target);
    GuardedCall guarded = new GuardedCall(breaker, listener, System.nanoTime());
    if (breaker.tryAcquirePermission()) {
      guarded.under(new Call(loop, target, invocation, guarded).start());
    } else {
      guarded.over = true;
      breakers.refused(target);
      listener.answered(new Answer.Failed(refused(target)));
    }
    return guarded;
  }

  private static Failure refused(Target target) {
    return Failure.of(
        ErrorCode.UPSTREAM_UNREACHABLE,
        "connector "
            + target.name()
            + " failed too often lately; nothing was sent, and it is tried again within "
            + Breakers.OPEN.toSeconds()
            + " s");
  }

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

  @Override
  public void goesOn(Future<Answer> end) {
    listener.goesOn(end);
  }

  @Override
  public void answered(Answer answer) {
    if (!over) {
      over = true;
      long took = System.nanoTime() - beganNanos;
      switch (answer) {
        case Answer.Result _, Answer.Fault _ -> breaker.onSuccess(took, TimeUnit.NANOSECONDS);
        case Answer.Failed(Failure failure) -> failed(failure, took);
      }
    }
    listener.answered(answer);
  }

  private void failed(Failure failure, long took) {
    switch (failure.code()) {
      case UPSTREAM_UNREACHABLE, UPSTREAM_INVALID, UPSTREAM_TIMEOUT ->
          breaker.onError(took, TimeUnit.NANOSECONDS, failure);
      default -> breaker.releasePermission();
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      breaker.releasePermission();
    }
    super.cancel();
  }
}
