package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.limits.Entry;
import dev.tollgate.objects.Maker;
import dev.tollgate.spend.Money;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One call and its caller: attempt after attempt, until one of them brings an answer or the last
 * has failed. Lives on one event loop.
 */
final class Serving {

  private final ModelLoop loop;
  private final ModelCall call;
  private final HttpServerResponse response;
  private final Context context;
  private final Passage passage = new Passage(this::underWay);

  private Attempts attempts;
  private Sorted sorted;
  private @Nullable Maker maker;
  private @Nullable Attempt attempt;
  private Attempts.@Nullable Next next;
  private @Nullable KeptAnswer kept;
  private @Nullable OwnKeys ownKeys;
  private @Nullable Long conversation;
  private int made;
  private boolean judging;
  private boolean gone;
  private boolean begun;
  private long upstreamNanos;

  Serving(ModelLoop loop, ModelCall call, Attempts attempts, Sorted sorted, Context context) {
    this.loop = loop;
    this.call = call;
    this.attempts = attempts;
    this.sorted = sorted;
    this.response = call.request().response();
    this.context = context;
  }

  void start() {
    response.closeHandler(ignored -> callerGone());
    loop.gate()
        .enter(
            call,
            TokenDemand.of(call.envelope().shape(), attempts.first().entry()),
            context,
            this::entered,
            this::limited);
  }

  private void limited(Failure failure) {
    if (!gone) {
      call.fail().accept(failure);
    }
  }

  private void entered(Entry.Admitted admitted) {
    passage.entered(admitted);
    guarded(this::keyed);
  }

  private void keyed() {
    Future<OwnKeys> asked = loop.ownKeys(call.scope().organizationId());
    if (asked.isComplete()) {
      known(asked);
    } else {
      asked.onComplete(ignored -> onLoop(() -> known(asked)));
    }
  }

  private void known(Future<OwnKeys> asked) {
    if (asked.failed()) {
      refuse(asFailure(asked.cause()));
    } else if (!gone) {
      ownKeys = asked.result();
      sorting();
    }
  }

  private void sorting() {
    if (sorted.judge() == null || !call.envelope().objects().isEmpty()) {
      begin();
      return;
    }
    judging = true;
    Future<Verdict> asked = loop.judge(call, sorted, passage::used);
    if (asked.isComplete()) {
      judged(asked.result());
    } else {
      asked.onSuccess(verdict -> onLoop(() -> judged(verdict)));
    }
  }

  /** The limits were asked by the best guess; now it is known. */
  private void judged(Verdict verdict) {
    judging = false;
    if (gone) {
      passage.over();
      return;
    }
    sorted = Sorted.as(verdict);
    attempts = loop.attempts(call, verdict);
    begin();
  }

  private void begin() {
    if (sorted.verdict() != null) {
      loop.meters().sorted(sorted.verdict());
    }
    named();
  }

  private void named() {
    List<NamedObject> named = call.envelope().objects();
    if (named.isEmpty()) {
      attempt(attempts.first());
      return;
    }
    Future<Maker> asked = loop.maker(call);
    if (asked.isComplete()) {
      found(named.getFirst().field(), asked);
    } else {
      asked.onComplete(ignored -> onLoop(() -> found(named.getFirst().field(), asked)));
    }
  }

  /** What a call names is kept by one provider for one of its keys: no other can serve it. */
  private void found(String field, Future<Maker> asked) {
    if (gone) {
      return;
    }
    if (asked.failed()) {
      refuse(asFailure(asked.cause()));
      return;
    }
    maker = asked.result();
    attempts = loop.attempts(call, asked.result(), field);
    attempt(attempts.first());
  }

  /**
   * The keys that the call goes to {@code provider} with.
   *
   * @throws Failure where it may not go there
   */
  Keys keys(Provider provider) {
    return loop.keys().of(provider.config(), Objects.requireNonNull(ownKeys, "known at the start"));
  }

  /** Which conversation the call belongs to: found out when it matters. */
  long conversation() {
    Long known = conversation;
    if (known == null) {
      known = Conversation.of(call);
      conversation = known;
    }
    return known;
  }

  private void attempt(Choice choice) {
    guarded(() -> open(choice));
  }

  /** A step that breaks is answered like one that fails, so that nobody waits for ever. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failed) {
      refuse(asFailure(failed));
    }
  }

  private void open(Choice choice) {
    Leg leg;
    try {
      leg = loop.leg(call, choice);
    } catch (Failure cannotBeCarried) {
      next = made == 0 ? null : attempts.after(0, loop.clock().nanoTime());
      if (next == null) {
        refuse(cannotBeCarried);
      } else {
        failedOver(null);
      }
      return;
    }
    made++;
    Attempt opened =
        new Attempt(
            this, made, leg, loop.planner(call, leg, choice, maker != null, sorted.trivial()));
    attempt = opened;
    opened.start();
  }

  /**
   * Whether another attempt will follow, should {@code failed} end now; the next is chosen by it.
   *
   * @param retryAfterNanos what the provider asked to wait; 0: nothing
   */
  boolean tryAgain(Attempt failed, long retryAfterNanos) {
    if (gone || begun || attempt != failed) {
      return false;
    }
    next = attempts.after(retryAfterNanos, loop.clock().nanoTime());
    return next != null;
  }

  /** Whether the same will be tried with another key, should {@code failed} end now. */
  boolean tryAnotherKey(Attempt failed, Choice choice) {
    if (gone || begun || attempt != failed) {
      return false;
    }
    next = attempts.again(choice);
    return next != null;
  }

  /** Whether one that {@code wanted} takes is left to be tried. */
  boolean hasUntried(Predicate<Choice> wanted) {
    return attempts.untried(wanted);
  }

  /**
   * An attempt failed before it brought a byte of an answer: the next one, after its wait.
   *
   * @param refusal of the provider, to be passed on if nothing better comes; null: there is none
   */
  void failedOver(@Nullable KeptAnswer refusal) {
    Attempts.Next following = next;
    next = null;
    if (refusal != null) {
      kept = refusal;
    }
    if (gone || following == null) {
      return;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(following.delayNanos());
    if (millis < 1) {
      attempt(following.choice());
    } else {
      loop.vertx()
          .setTimer(
              millis,
              ignored -> {
                if (!gone) {
                  attempt(following.choice());
                }
              });
    }
  }

  /** No answer can be given: what a provider said of it goes before what we could say. */
  void refuse(Failure failure) {
    if (gone) {
      return;
    }
    KeptAnswer refusal = kept;
    if (refusal != null && !begun) {
      kept = null;
      head(
          refusal.head().statusCode(),
          refusal.head().headers(),
          refusal.attempt(),
          refusal.body().length(),
          null);
      finish(refusal.body());
      return;
    }
    loop.meters().refused(call.dialect(), failure.code());
    call.fail().accept(begun ? failure : told(failure));
    passage.over();
  }

  /** With what the caller is told beside the error: how often it was tried, and its limits. */
  private Failure told(Failure failure) {
    Map<String, String> headers = new HashMap<>();
    passage.tell(call.dialect(), headers::put);
    if (made > 1) {
      headers.put("x-tollgate-attempts", Integer.toString(made));
    }
    if (headers.isEmpty()) {
      return failure;
    }
    headers.putAll(failure.headers());
    return failure.with(headers);
  }

  private boolean underWay() {
    return judging || (attempt != null && attempt.underWay());
  }

  static Failure asFailure(Throwable thrown) {
    return thrown instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", thrown);
  }

  private void callerGone() {
    if (gone || response.ended()) {
      return;
    }
    gone = true;
    if (attempt != null) {
      attempt.callerGone();
    }
    passage.over();
  }

  /**
   * Sets the head of the answer; it goes out with the first bytes.
   *
   * @param provided the provider's headers
   * @param length of the body; -1: not known
   * @param cost a header, where it is known before the body goes out
   */
  void head(int status, MultiMap provided, Attempt by, long length, @Nullable Money cost) {
    if (gone) {
      return;
    }
    begun = true;
    response.setStatusCode(status);
    Headers.down(provided, response.headers(), passage.passesRates(by.ownKey()));
    passage.tell(call.dialect(), response.headers()::set);
    by.tell(response.headers(), cost);
    if (length >= 0) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    } else if (call.request().version() != HttpVersion.HTTP_2) {
      response.setChunked(true);
    }
  }

  void flushHead() {
    if (!gone) {
      response.writeHead();
    }
  }

  void write(Buffer bytes) {
    if (!gone) {
      response.write(bytes);
    }
  }

  void finish(@Nullable Buffer last) {
    if (!gone && !response.ended()) {
      if (last == null) {
        response.end();
      } else {
        response.end(last);
      }
    }
    passage.over();
  }

  /** Whether the caller takes no more for now. */
  boolean isFull() {
    return !gone && !response.ended() && response.writeQueueFull();
  }

  /** Closes the caller's connection, so that an answer is not taken for whole. */
  void abort() {
    if (call.request().version() == HttpVersion.HTTP_2) {
      response.reset();
    } else {
      call.request().connection().close();
    }
    passage.over();
  }

  /** An attempt has ended; negative: nobody knows how many tokens it used. */
  void used(long tokens) {
    passage.used(tokens);
  }

  /** Back on the loop of the call. */
  void onLoop(Runnable task) {
    context.runOnContext(ignored -> guarded(task));
  }

  /** A provider took {@code nanos} of the call's time. */
  void waited(long nanos) {
    upstreamNanos += nanos;
  }

  /** The gateway's own part of the call's time, so far. */
  long overhead(long now) {
    return now - call.startNanos() - upstreamNanos;
  }

  /** Who alone can serve the call; null: whoever serves its model. */
  @Nullable Maker maker() {
    return maker;
  }

  /** What the prompt was taken for, where that decided; null: it did not. */
  @Nullable Verdict verdict() {
    return sorted.verdict();
  }

  boolean gone() {
    return gone;
  }

  HttpServerResponse response() {
    return response;
  }

  ModelLoop loop() {
    return loop;
  }

  ModelCall call() {
    return call;
  }
}
