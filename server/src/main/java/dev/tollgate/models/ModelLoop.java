package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.limits.Demand;
import dev.tollgate.limits.Readings;
import dev.tollgate.objects.Maker;
import dev.tollgate.objects.ProviderObjects;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.Spend;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Models on one event loop: its own clients, its own waits. */
public final class ModelLoop {

  private final Models models;
  private final Vertx vertx;
  private final Deadlines deadlines;
  private final Clients clients;

  ModelLoop(Models models, Vertx vertx, Deadlines deadlines) {
    this.models = models;
    this.vertx = vertx;
    this.deadlines = deadlines;
    this.clients = new Clients(vertx, models.directory().providers());
  }

  /** Serves a call; throws {@code NOT_FOUND} for a model that nobody serves. */
  public void serve(ModelCall call) {
    Sorted sorted = models.sorted(call);
    Attempts attempts = models.attempts(call, sorted.verdict());
    if (sorted.verdict() == null) {
      sorted = models.spared(call, attempts.first());
    }
    new Serving(this, call, attempts, sorted, vertx.getOrCreateContext()).start();
  }

  /**
   * Passes a question that costs nothing, such as {@code count_tokens}, to the model's provider.
   */
  public void ask(ModelCall call) {
    Choice choice = models.uncommitted(call);
    Context context = vertx.getOrCreateContext();
    gate()
        .enter(
            call,
            Demand.REQUEST,
            context,
            admitted -> {
              admitted.permit().close();
              ask(call, choice, context, admitted.readings());
            },
            call.fail());
  }

  private void ask(ModelCall call, Choice choice, Context context, Readings readings) {
    if (call.envelope().objects().isEmpty()) {
      new Asking(this, call, choice, null, readings).start();
      return;
    }
    maker(call)
        .map(maker -> new Asking(this, call, at(call, maker), maker, readings))
        .onComplete(
            asking -> context.runOnContext(back -> asking.start()),
            refused ->
                context.runOnContext(back -> call.fail().accept(Serving.asFailure(refused))));
  }

  private Choice at(ModelCall call, Maker maker) {
    return models.attempts(call, maker, call.envelope().objects().getFirst().field()).first();
  }

  /**
   * Who made all that a call names, which is something; fails with a {@code Failure} where that is
   * not the organization's.
   */
  Future<Maker> maker(ModelCall call) {
    List<NamedObject> named = call.envelope().objects();
    return ownKeys(call.scope().organizationId())
        .compose(own ->
            models
                .objects()
                .find(call.scope(), named.stream().map(NamedObject::id).toList())
                .map(
                    makers -> new MakerChoice(makers, maker -> key(maker, own) != null).of(named)));
  }

  /** The key that something was made with; null: it is not the organization's to use any more. */
  @Nullable Credential key(Maker maker, OwnKeys own) {
    Provider provider = models.directory().provider(maker.provider());
    return provider == null
        ? null
        : models.keys().named(provider.config(), own, maker.credential());
  }

  /** Passes a request for what a provider keeps, or for its removal. */
  public void fetch(ObjectCall call) {
    new Fetching(this, call, vertx.getOrCreateContext()).start();
  }

  /**
   * What a call is tried on that names what only {@code maker} has.
   *
   * @param field what names it
   */
  Attempts attempts(ModelCall call, Maker maker, String field) {
    return models.attempts(call, maker, field);
  }

  /**
   * The call as {@code choice} takes it; throws {@code INVALID_REQUEST} for a field that cannot be
   * carried over.
   */
  Leg leg(ModelCall call, Choice choice) {
    return choice.provider().dialect() == call.dialect()
        ? Leg.of(call)
        : models.border().cross(call, choice);
  }

  LimitGate gate() {
    return models.gate();
  }

  /** What a call for {@code auto} is tried on, now that its kind is known. */
  Attempts attempts(ModelCall call, Verdict verdict) {
    return models.attempts(call, verdict);
  }

  /**
   * The verdict of a cheap model where one has to be asked; never fails.
   *
   * @param used gets the tokens of the question, if it was this call that asked
   */
  Future<Verdict> judge(ModelCall call, Sorted sorted, LongConsumer used) {
    return models.auto().judge(this, call, sorted, used);
  }

  /**
   * The plan of an attempt on {@code choice}.
   *
   * @param bound whether no other provider can serve the call
   * @param trivial whether the economy tier will do
   */
  CallPlanner planner(ModelCall call, Leg leg, Choice choice, boolean bound, boolean trivial) {
    return models.planner(call, leg, choice, bound, trivial);
  }

  /** The plan of a call of the gateway's own. */
  CallPlanner planner(Surface surface, CallShape shape, String requestClass, Choice choice) {
    return models.planner(surface, shape, requestClass, choice);
  }

  ProviderObjects objects() {
    return models.objects();
  }

  Directory directory() {
    return models.directory();
  }

  Clients clients() {
    return clients;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Vertx vertx() {
    return vertx;
  }

  Spend spend() {
    return models.spend();
  }

  Charges charges() {
    return models.charges();
  }

  Bounds bounds() {
    return models.bounds();
  }

  ModelMeters meters() {
    return models.meters();
  }

  ModelsConfig config() {
    return models.config();
  }

  /** The organization's own keys, which may be at hand. */
  Future<OwnKeys> ownKeys(UUID organization) {
    OwnKeys known = models.keyring().cached(organization);
    return known != null
        ? Future.succeededFuture(known)
        : Future.fromCompletionStage(
            models.keyring().keys(organization), vertx.getOrCreateContext());
  }

  KeySource keys() {
    return models.keys();
  }

  Clock clock() {
    return models.clock();
  }
}
