package dev.tollgate.models;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.Hold;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Settlement;
import dev.tollgate.spend.Usage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its admission to its last byte: held, sent, relayed, settled, once each, whoever of
 * the caller and the provider goes away in between. Lives on one event loop.
 *
 * <pre>
 * admitted ──▶ sent ──▶ relayed ──▶ settling ──▶ done
 *     │          │          │           ▲
 *     │          └── cut ───┴───────────┤   charged by what was seen
 *     └── refused, or the caller is gone: the hold is released
 * </pre>
 */
final class Serving implements Outlet {

  private static final Logger log = LoggerFactory.getLogger(Serving.class);

  private static final Duration LINGER = Duration.ofSeconds(5);

  private final ModelLoop loop;
  private final ModelCall call;
  private final CallPlanner planner;
  private final HttpServerResponse response;
  private final Context context;
  private final Upstream upstream = new Upstream();

  private @Nullable Hold hold;
  private @Nullable Plan plan;
  private @Nullable Money remaining;
  private Provider.@Nullable Credential credential;
  private @Nullable Relay relay;
  private @Nullable HttpClientResponse answer;
  private @Nullable Deadline deadline;
  private @Nullable String providerRequestId;
  private boolean gone;
  private boolean settling;
  private long sentNanos;
  private long firstByteNanos = -1;
  private long upstreamEndNanos = -1;

  Serving(ModelLoop loop, ModelCall call, CallPlanner planner, Context context) {
    this.loop = loop;
    this.call = call;
    this.planner = planner;
    this.response = call.request().response();
    this.context = context;
  }

  void start() {
    response.closeHandler(ignored -> callerGone());
    Future<Admission<Plan>> asked = loop.spend().admit(call.scope(), call.callId(), 1, planner);
    if (asked.isComplete()) {
      decided(asked);
    } else {
      asked.onComplete(ignored -> context.runOnContext(back -> decided(asked)));
    }
  }

  private void decided(Future<Admission<Plan>> asked) {
    if (asked.failed()) {
      refuse(asFailure(asked.cause()));
      return;
    }
    switch (asked.result()) {
      case Admission.Refused<Plan> refused -> refuse(Failure.of(refused.code(), refused.message()));
      case Admission.Granted<Plan> granted -> {
        if (gone) {
          loop.spend().release(granted.hold());
          return;
        }
        hold = granted.hold();
        plan = granted.plan();
        remaining = granted.remaining();
        send(granted.plan());
      }
    }
  }

  private void refuse(Failure failure) {
    loop.meters().refused(call.dialect(), failure.code());
    call.fail().accept(failure);
  }

  private static Failure asFailure(Throwable thrown) {
    return thrown instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", thrown);
  }

  private void send(Plan plan) {
    Provider provider = plan.choice().provider();
    credential = provider.credential(call.scope().organizationId());
    sentNanos = loop.clock().nanoTime();
    deadline =
        loop.deadlines()
            .arm(
                sentNanos
                    + provider.config().connectTimeout().toNanos()
                    + provider.config().firstByteTimeout().toNanos(),
                this::silent);
    loop.meters().sent(plan, call.scope().organizationId());
    upstream
        .send(
            loop.clients().of(provider),
            provider,
            credential.key().reveal(),
            call,
            call.path(),
            new OutgoingBody(call.body(), call.envelope(), plan).of(call.surface()))
        .onComplete(this::head, this::lost);
  }

  private void head(HttpClientResponse head) {
    answer = head;
    firstByteNanos = loop.clock().nanoTime();
    providerRequestId = head.getHeader("request-id");
    if (providerRequestId == null) {
      providerRequestId = head.getHeader("x-request-id");
    }
    head.exceptionHandler(this::cutBy);
    Relay opened = relay(head);
    relay = opened;
    if (settling) {
      return;
    }
    patience();
    head.endHandler(end -> {
      upstreamEndNanos = loop.clock().nanoTime();
      if (settling) {
        disarm();
      }
      opened.end();
    });
    head.handler(chunk -> {
      patience();
      opened.chunk(chunk);
      if (!gone && response.writeQueueFull()) {
        head.pause();
        response.drainHandler(drained -> head.resume());
      }
    });
  }

  private Relay relay(HttpClientResponse head) {
    if (head.statusCode() < 200 || head.statusCode() > 299) {
      return new ErrorRelay(this, length(head));
    }
    String type = head.getHeader(HttpHeaders.CONTENT_TYPE);
    String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
    String provider = plan().choice().provider().name();
    if (kind.startsWith("text/event-stream")) {
      return new StreamRelay(this, call.surface(), provider, call.envelope().usageAsked());
    }
    WholeRelay whole = new WholeRelay(this, call.dialect(), provider, length(head));
    if (!kind.contains("json")) {
      upstream.cancel();
      whole.cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " answered with " + (kind.isEmpty() ? "no type" : kind)));
    }
    return whole;
  }

  private static long length(HttpClientResponse head) {
    String length = head.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException malformed) {
      return -1;
    }
  }

  /** Every chunk renews the patience with the next, within the longest that an answer may take. */
  private void patience() {
    if (deadline != null && !gone && !settling) {
      long now = loop.clock().nanoTime();
      long idle = now + plan().choice().provider().config().idleTimeout().toNanos();
      long whole = call.startNanos() + loop.config().streamDuration().toNanos();
      deadline.move(whole - idle < 0 ? whole : idle);
    }
  }

  private void silent() {
    if (!settling) {
      giveUp();
    }
    // After the verdict: to cancel is to lose the connection, and that is another verdict.
    upstream.cancel();
  }

  private void giveUp() {
    String provider = plan().choice().provider().name();
    Failure why =
        Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT,
            "provider " + provider + " kept silent for longer than is waited for here");
    if (gone) {
      settle(relay == null ? nothingSeen(Outcome.Status.DISCONNECTED) : relay.soFar());
    } else if (relay == null) {
      if (upstream.sent()) {
        fail(why, nothingSeen(Outcome.Status.ERROR));
      } else {
        neverSent(why);
      }
    } else {
      relay.cut(why);
    }
  }

  /** The connection failed before the answer's head. */
  private void lost(Throwable cause) {
    if (settling) {
      return;
    }
    if (!upstream.sent()) {
      neverSent(asFailure(cause));
      return;
    }
    fail(
        Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "provider " + plan().choice().provider().name() + " closed without an answer",
            cause),
        nothingSeen(gone ? Outcome.Status.DISCONNECTED : Outcome.Status.ERROR));
  }

  private void neverSent(Failure why) {
    disarm();
    if (hold != null && !settling) {
      settling = true;
      loop.spend().release(hold);
      refuse(why);
    }
  }

  private void cutBy(Throwable cause) {
    if (settling || relay == null) {
      return;
    }
    upstreamEndNanos = loop.clock().nanoTime();
    if (gone) {
      settle(relay.soFar());
      return;
    }
    relay.cut(
        Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "the connection to provider "
                + plan().choice().provider().name()
                + " was lost in the middle of the answer",
            cause));
  }

  private static Answer nothingSeen(Outcome.Status status) {
    return new Answer(status, Answer.Charged.PARTIAL, null, null, 0);
  }

  private void callerGone() {
    if (gone || settling || response.ended()) {
      return;
    }
    gone = true;
    if (hold == null) {
      return;
    }
    if (relay != null
        && deadline != null
        && loop.config().disconnect() == ModelsConfig.Disconnect.DRAIN) {
      deadline.move(loop.clock().nanoTime() + loop.config().drainTimeout().toNanos());
      if (answer != null) {
        answer.resume();
      }
      return;
    }
    boolean sent = upstream.sent();
    upstream.cancel();
    if (sent) {
      settle(relay == null ? nothingSeen(Outcome.Status.DISCONNECTED) : relay.soFar());
    }
  }

  @Override
  public void head(long length, @Nullable Money cost) {
    if (gone || answer == null) {
      return;
    }
    response.setStatusCode(answer.statusCode());
    Headers.down(answer.headers(), response.headers());
    AnswerHeaders.put(response.headers(), call, plan(), remaining, cost);
    if (length >= 0) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    } else if (call.request().version() != HttpVersion.HTTP_2) {
      response.setChunked(true);
    }
  }

  @Override
  public void flushHead() {
    if (!gone) {
      response.writeHead();
    }
  }

  @Override
  public void write(Buffer bytes) {
    if (!gone) {
      response.write(bytes);
    }
  }

  @Override
  public void finish(@Nullable Buffer last) {
    if (gone || response.ended()) {
      return;
    }
    if (last == null) {
      response.end();
    } else {
      response.end(last);
    }
  }

  @Override
  public @Nullable Money price(Answer answer) {
    return loop.charges().cost(plan(), planner, answer).cost();
  }

  @Override
  public Buffer errorEvent(Failure why) {
    return Buffer.buffer(call.errorEvent().of(why));
  }

  @Override
  public void settle(Answer answer) {
    charge(answer)
        .onComplete(
            ignored ->
                context.runOnContext(back -> {
                  if (relay != null) {
                    relay.settled();
                  }
                }),
            late -> context.runOnContext(back -> abort()));
  }

  @Override
  public void fail(Failure why, Answer answer) {
    charge(answer)
        .onComplete(done ->
            context.runOnContext(back -> {
              if (!gone) {
                refuse(why);
              }
            }));
  }

  @Override
  public void abort() {
    if (call.request().version() == HttpVersion.HTTP_2) {
      response.reset();
    } else {
      call.request().connection().close();
    }
  }

  private Future<Settlement> charge(Answer seen) {
    if (settling || hold == null || credential == null) {
      return Future.failedFuture("settled already");
    }
    settling = true;
    letGoOfUpstream();
    Answer ended = gone ? seen.disconnected() : seen;
    long now = loop.clock().nanoTime();
    Charges.Cost cost = loop.charges().cost(plan(), planner, ended);
    learn(ended);
    long upstreamNanos = (upstreamEndNanos < 0 ? now : upstreamEndNanos) - sentNanos;
    Outcome outcome =
        new Outcome(
            ended.status(),
            cost.usage(),
            ended.rawUsage(),
            cost.cost(),
            providerRequestId,
            (now - call.startNanos()) / 1_000,
            firstByteNanos < 0 ? -1 : (firstByteNanos - call.startNanos()) / 1_000,
            upstreamNanos / 1_000);
    loop.meters().ended(call, plan(), outcome, now - call.startNanos() - upstreamNanos);
    Future<Settlement> settled =
        loop.spend().settle(hold, facts(plan(), credential, cost.cost()), outcome);
    return settled.onFailure(late ->
        log.atWarn()
            .addKeyValue("requestId", call.requestId())
            .log("call {} could not be settled in time: {}", call.callId(), late.getMessage()));
  }

  /** Only a complete answer's own report says what the prompt was. */
  private void learn(Answer answer) {
    Usage usage = answer.usage();
    if (answer.status() != Outcome.Status.ERROR
        && answer.charge() == Answer.Charged.REPORT
        && usage != null) {
      Choice choice = plan().choice();
      loop.bounds()
          .report(
              choice.provider().name(), choice.entry(), planner.shape(), plan().estimate(), usage);
    }
  }

  private CallFacts facts(Plan plan, Provider.Credential used, @Nullable Money cost) {
    Choice choice = plan.choice();
    return new CallFacts.Model(
        call.requestId(),
        planner.requestClass(),
        choice.category() == null ? null : choice.category().wire(),
        call.envelope().model(),
        choice.model(),
        plan.step(),
        call.dialect().wire(),
        choice.provider().name(),
        used.fingerprint(),
        cost == null ? null : loop.charges().version());
  }

  private Plan plan() {
    Plan decided = plan;
    if (decided == null) {
      throw new IllegalStateException("not admitted yet");
    }
    return decided;
  }

  /** An upstream that has said its last and does not end keeps its connection only so long. */
  private void letGoOfUpstream() {
    if (deadline != null && answer != null && upstreamEndNanos < 0) {
      deadline.move(loop.clock().nanoTime() + LINGER.toNanos());
    } else {
      disarm();
    }
  }

  private void disarm() {
    if (deadline != null) {
      deadline.disarm();
    }
  }
}
