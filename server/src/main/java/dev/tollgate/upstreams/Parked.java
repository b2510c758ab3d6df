package dev.tollgate.upstreams;

import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A modern client's call to a legacy server. When the server asks, the client gets a result that
 * passes the question on, and the call is parked until the client comes back with the answer, on
 * whichever event loop. Guarded by its own monitor, under which nobody else is called.
 */
final class Parked implements Listener, Ongoing {

  private final Parking parking;
  private final UpstreamLoop home;
  private final Invocation invocation;
  private final String context;
  private final Map<String, Question> open = new LinkedHashMap<>();

  /** What the server answers at last, whoever hears of it. */
  private final Promise<Answer> end = Promise.promise();

  private @Nullable Ongoing ongoing;
  private @Nullable Attached attached;
  private @Nullable Answer done;
  private @Nullable String id;
  private int asked;
  private boolean over;

  /** Whoever hears of the call at present. */
  private record Attached(UpstreamLoop loop, Listener listener) {
    void run(java.util.function.Consumer<Listener> action) {
      loop.run(() -> action.accept(listener));
    }
  }

  /**
   * A call that a client waits for.
   *
   * @param context what it is bound to: its caller and what was called
   */
  Parked(
      Parking parking,
      UpstreamLoop home,
      Invocation invocation,
      String context,
      Listener listener) {
    this.parking = parking;
    this.home = home;
    this.invocation = invocation;
    this.context = context;
    this.attached = new Attached(home, listener);
  }

  String context() {
    return context;
  }

  String affinity() {
    return invocation.affinity();
  }

  synchronized void begun(Ongoing call) {
    ongoing = call;
  }

  @Override
  public void notified(Message.Notification notification) {
    Attached to;
    synchronized (this) {
      to = attached;
    }
    if (to != null) {
      to.run(listener -> listener.notified(notification));
    }
  }

  @Override
  public void asked(Question question) {
    if (!may(question.method()) || !keep(question)) {
      question.answer(
          new Question.Reply.Fault(
              RpcError.of(RpcError.METHOD_NOT_FOUND, "the client cannot be asked this").error()));
      return;
    }
    passOn();
  }

  private boolean may(String method) {
    return switch (method) {
      case Method.ELICIT -> invocation.client().can("elicitation");
      case Method.SAMPLE -> invocation.client().can("sampling");
      case Method.ROOTS -> invocation.client().can("roots");
      default -> false;
    };
  }

  private boolean keep(Question question) {
    synchronized (this) {
      if (over || open.size() >= OpenQuestions.MOST) {
        return false;
      }
      String key = "q" + ++asked;
      open.put(key, question);
      if (id != null) {
        return true;
      }
    }
    return parking.take(this);
  }

  /** Under this name it can be come back to. */
  synchronized void named(@Nullable String name) {
    id = name;
  }

  synchronized @Nullable String name() {
    return id;
  }

  /** Hands the open questions to the client that waits, which then waits no more. */
  private void passOn() {
    Attached to;
    Map<String, Raw> requests = new LinkedHashMap<>();
    String state;
    synchronized (this) {
      to = attached;
      if (to == null || id == null) {
        return;
      }
      attached = null;
      open.forEach((key, question) ->
          requests.put(key, InputRequired.request(question.method(), question.params())));
      state = parking.state(id, context);
    }
    parking.renew(this);
    Raw result = new InputRequired(requests, state).result();
    to.run(listener -> {
      listener.goesOn(end.future());
      Answers.tell(listener, new Answer.Result(result));
    });
  }

  /**
   * The client is back with {@code responses}.
   *
   * @return false where it is back already, or the call is over: nothing was done
   */
  boolean resume(UpstreamLoop loop, Members responses, Listener listener) {
    Map<Question, Raw> answers = new LinkedHashMap<>();
    Answer ready;
    boolean unanswered;
    synchronized (this) {
      if (over || attached != null) {
        return false;
      }
      attached = new Attached(loop, listener);
      for (String key : Map.copyOf(open).keySet()) {
        Raw response = responses.get(key);
        Question question = response == null ? null : open.remove(key);
        if (question != null && response != null) {
          answers.put(question, response);
        }
      }
      unanswered = !open.isEmpty();
      ready = done;
    }
    home.run(() ->
        answers.forEach(
            (question, response) -> question.answer(new Question.Reply.Result(response))));
    if (ready != null) {
      answered(ready);
    } else if (unanswered) {
      passOn();
    }
    return true;
  }

  @Override
  public void answered(Answer answer) {
    Attached to;
    synchronized (this) {
      to = attached;
      done = answer;
      over = to != null;
    }
    end.tryComplete(answer);
    if (to != null) {
      parking.remove(this);
      to.run(listener -> Answers.tell(listener, answer));
    }
  }

  /** The client that waits is gone, or none came back in time. */
  @Override
  public void cancel() {
    Ongoing call;
    synchronized (this) {
      over = true;
      attached = null;
      call = ongoing;
    }
    parking.remove(this);
    end.tryFail("nobody waits for it any more");
    if (call != null) {
      home.run(call::cancel);
    }
  }

  @Override
  public void pause() {
    withCall(Ongoing::pause);
  }

  @Override
  public void resume() {
    withCall(Ongoing::resume);
  }

  private void withCall(java.util.function.Consumer<Ongoing> action) {
    Ongoing call;
    synchronized (this) {
      call = ongoing;
    }
    if (call != null) {
      home.run(() -> action.accept(call));
    }
  }

  /** Whether a client waits for it at present. */
  synchronized boolean attended() {
    return attached != null;
  }

  UpstreamLoop home() {
    return home;
  }
}
