package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a server asks the client of a call; answered at most once, from any thread. */
public final class Question {

  private final String method;
  private final @Nullable Raw params;
  private final Consumer<Reply> answered;
  private final Runnable over;
  private final AtomicBoolean done = new AtomicBoolean();

  /** What the client says to it. */
  public sealed interface Reply {
    record Result(Raw result) implements Reply {}

    record Fault(Raw error) implements Reply {}

    /** As the response to the request with this identifier. */
    default Message to(Raw id) {
      return switch (this) {
        case Result result -> new Message.Success(id, result.result());
        case Fault fault -> new Message.Fault(id, fault.error());
      };
    }
  }

  /**
   * One that waits.
   *
   * @param answered takes its answer
   * @param over runs once, when it is answered or given up
   */
  Question(String method, @Nullable Raw params, Consumer<Reply> answered, Runnable over) {
    this.over = over;
    this.method = method;
    this.params = params;
    this.answered = answered;
  }

  public String method() {
    return method;
  }

  public @Nullable Raw params() {
    return params;
  }

  /** Answers that nobody here can be asked that. */
  public void refuse(String why) {
    answer(new Reply.Fault(RpcError.of(RpcError.METHOD_NOT_FOUND, why).error()));
  }

  /** Nobody will answer it: what it was asked for is over. */
  public void drop() {
    if (done.compareAndSet(false, true)) {
      over.run();
    }
  }

  boolean done() {
    return done.get();
  }

  public void answer(Reply reply) {
    if (done.compareAndSet(false, true)) {
      over.run();
      answered.accept(reply);
    }
  }
}
