package dev.tollgate.models;

import dev.tollgate.classification.Category;
import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.models.Verdicts.Unanswered;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.Hold;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Usage;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One question to a cheap model, what kind of work a prompt asks for: a call of its own, held,
 * settled and in the ledger under the class {@value #CLASS}, for the organization that the prompt
 * is of. Lives on one event loop, and no longer than {@link AutoConfig#patience}.
 */
final class Judging {

  /** The request class in the ledger. */
  static final String CLASS = "classification";

  private static final int LONGEST_ANSWER = 64 * 1024;

  /** What is taken for the share of right answers of a cheap model; not measured. */
  private static final double CONFIDENCE = 0.85;

  private final ModelLoop loop;
  private final OrgScope scope;
  private final String requestId;
  private final UUID callId = Ids.next();
  private final Choice choice;
  private final Question question;
  private final LongConsumer used;
  private final CallPlanner planner;
  private final Context context;
  private final Upstream upstream = new Upstream();
  private final Promise<Verdict> verdict = Promise.promise();
  private final Buffer answer = Buffer.buffer();
  private final Duration patience;
  private final long startNanos;
  private final Deadline deadline;

  private @Nullable Hold hold;
  private @Nullable Plan plan;
  private @Nullable Credential credential;
  private @Nullable OwnKeys ownKeys;
  private @Nullable String providerRequestId;
  private int status;
  private long sentNanos;
  private long firstByteNanos = -1;
  private boolean over;

  /**
   * @param used gets the tokens that it took, once they are known
   */
  Judging(
      ModelLoop loop,
      OrgScope scope,
      String requestId,
      Choice choice,
      Question question,
      LongConsumer used) {
    this.used = used;
    this.loop = loop;
    this.scope = scope;
    this.requestId = requestId;
    this.choice = choice;
    this.question = question;
    this.context = loop.vertx().getOrCreateContext();
    this.patience = loop.config().routing().auto().patience();
    this.startNanos = loop.clock().nanoTime();
    this.planner = loop.planner(surface(choice), shape(choice, question), CLASS, choice);
    this.deadline = loop.deadlines().arm(startNanos + patience.toNanos(), this::silent);
  }

  private static Surface surface(Choice choice) {
    return Surface.conversations(choice.provider().dialect());
  }

  private static CallShape shape(Choice choice, Question question) {
    long bytes = question.body(choice, null).length;
    return new CallShape(
        new CallShape.Input(
            bytes, ByteCounts.NONE, 2, 0, 0, 0, 0, false, CallShape.CacheWrite.NONE),
        new CallShape.Output(Question.maximum(choice), 1, Question.thinking(choice), null),
        new CallShape.Terms(null, null, null, Map.of()),
        new CallShape.Features(false, false, false, false, List.of()));
  }

  /** Fails with {@link Unanswered}, whatever it was. */
  Future<Verdict> start() {
    loop.ownKeys(scope.organizationId())
        .onComplete(
            known ->
                context.runOnContext(back -> {
                  ownKeys = known;
                  admit();
                }),
            unknown ->
                context.runOnContext(back ->
                    giveUp(new Unanswered("the keys of its provider are not known", false))));
    return verdict.future();
  }

  private void admit() {
    if (over) {
      return;
    }
    Future<Admission<Plan>> asked = loop.spend().admit(scope, callId, 1, planner);
    if (asked.isComplete()) {
      decided(asked);
    } else {
      asked.onComplete(ignored -> context.runOnContext(back -> decided(asked)));
    }
  }

  private void decided(Future<Admission<Plan>> asked) {
    if (asked.failed()) {
      giveUp(new Unanswered("its money could not be held", false));
      return;
    }
    switch (asked.result()) {
      case Admission.Refused<Plan> refused -> giveUp(new Unanswered(refused.message(), false));
      case Admission.Granted<Plan> granted -> {
        if (over) {
          loop.spend().release(granted.hold());
          return;
        }
        hold = granted.hold();
        plan = granted.plan();
        send(granted.plan());
      }
    }
  }

  private void send(Plan plan) {
    Provider provider = plan.choice().provider();
    Credential key = key(provider);
    if (key == null) {
      release(new Unanswered("it may not be asked with any key now", true));
      return;
    }
    credential = key;
    sentNanos = loop.clock().nanoTime();
    upstream
        .send(
            loop.clients().of(provider),
            provider,
            key.key().reveal(),
            surface(plan.choice()),
            plan.choice().model(),
            requestId,
            Buffer.buffer(question.body(plan.choice(), plan.cap())))
        .onComplete(this::head, this::lost);
  }

  /** All questions of an organization begin alike, so they keep one key. It learns nothing. */
  private @Nullable Credential key(Provider provider) {
    if (ownKeys == null) {
      return null;
    }
    try {
      Credential home =
          loop.keys()
              .of(provider.config(), ownKeys)
              .home(scope.organizationId().getLeastSignificantBits());
      return home.open() ? null : home;
    } catch (Failure closed) {
      return null;
    }
  }

  private void head(HttpClientResponse head) {
    status = head.statusCode();
    firstByteNanos = loop.clock().nanoTime();
    providerRequestId = head.getHeader("request-id");
    if (providerRequestId == null) {
      providerRequestId = head.getHeader("x-request-id");
    }
    head.exceptionHandler(this::lost);
    head.handler(chunk -> {
      answer.appendBuffer(chunk);
      if (answer.length() > LONGEST_ANSWER) {
        upstream.cancel();
        end(seen(false), new Unanswered("it said too much", true));
      }
    });
    head.endHandler(end -> answered());
  }

  private void answered() {
    if (status < 200 || status > 299) {
      end(Answer.refused(), new Unanswered("it was refused with " + status, true));
      return;
    }
    Category category = Question.answer(answer.getBytes());
    Answer whole = seen(true);
    if (category == null) {
      end(whole, new Unanswered("it named no category", false));
    } else if (charge(whole)) {
      verdict.complete(new Verdict(category, CONFIDENCE, Verdict.Reason.MODEL));
    }
  }

  private Answer seen(boolean whole) {
    AnswerReader reader = new AnswerReader(surface(choice), null);
    byte[] bytes = answer.getBytes();
    reader.feed(bytes, 0, bytes.length);
    boolean complete = whole && reader.wellFormed();
    return Answer.of(
        complete ? Outcome.Status.OK : Outcome.Status.ERROR,
        reader.meter(),
        reader.rawUsage(),
        complete,
        reader.said(),
        bytes.length);
  }

  private void silent() {
    Answer soFar = seen(false);
    boolean sent = upstream.sent();
    Unanswered late = new Unanswered("it kept silent for " + patience.toMillis() + " ms", true);
    if (hold == null) {
      giveUp(late);
    } else if (sent) {
      end(soFar, late);
    } else {
      release(late);
    }
    upstream.cancel();
  }

  private void lost(Throwable cause) {
    Unanswered lost = new Unanswered("its provider is away: " + cause.getMessage(), true);
    if (upstream.sent()) {
      end(seen(false), lost);
    } else {
      release(lost);
    }
  }

  private void release(Unanswered why) {
    if (!over && hold != null) {
      loop.spend().release(hold);
      giveUp(why);
    }
  }

  private void end(Answer seen, Unanswered why) {
    if (charge(seen)) {
      verdict.fail(why);
    }
  }

  private void giveUp(Unanswered why) {
    if (!over) {
      over = true;
      deadline.disarm();
      verdict.fail(why);
    }
  }

  /** Settles it, once; the verdict does not wait for the commit. */
  private boolean charge(Answer seen) {
    Plan decided = plan;
    Hold held = hold;
    Credential by = credential;
    if (over || decided == null || held == null || by == null) {
      return false;
    }
    over = true;
    deadline.disarm();
    long now = loop.clock().nanoTime();
    Charges.Cost cost = loop.charges().cost(decided, planner, seen);
    Outcome outcome =
        new Outcome(
            seen.status(),
            cost.usage(),
            seen.rawUsage(),
            cost.cost(),
            providerRequestId,
            (now - startNanos) / 1_000,
            firstByteNanos < 0 ? -1 : (firstByteNanos - startNanos) / 1_000,
            (now - sentNanos) / 1_000);
    loop.meters().judged(decided, outcome);
    loop.spend().settle(held, facts(decided, by, cost), outcome);
    used.accept(tokens(decided, seen, cost.usage()));
    return true;
  }

  private long tokens(Plan plan, Answer seen, @Nullable Usage usage) {
    if (seen.charge() == Answer.Charged.NOTHING) {
      return 0;
    }
    return usage == null
        ? TokenDemand.of(planner.shape(), plan.choice().entry()).tokens()
        : TokenDemand.used(usage);
  }

  private CallFacts facts(Plan plan, Credential by, Charges.Cost cost) {
    Choice served = plan.choice();
    return new CallFacts.Model(
        requestId,
        CLASS,
        null,
        null,
        null,
        Directory.AUTO,
        served.model(),
        plan.step(),
        served.provider().dialect().wire(),
        served.provider().name(),
        by.fingerprint(),
        cost.cost() == null ? null : loop.charges().version());
  }
}
