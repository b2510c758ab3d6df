package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.limits.Limits;
import dev.tollgate.objects.Maker;
import dev.tollgate.objects.ProviderObjects;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.Estimator;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Spend;
import dev.tollgate.spend.Standing;
import dev.tollgate.tenancy.OrgScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every model that calls can name, and the way to it. */
public final class Models {

  private static final int LONGEST_CLASS = 64;

  private final ModelsConfig config;
  private final Directory directory;
  private final Crossing.Border border;
  private final Estimator estimator;
  private final Charges charges;
  private final Spend spend;
  private final ProviderObjects objects;
  private final Bounds bounds;
  private final LimitGate gate;
  private final ModelMeters meters;
  private final Auto auto;
  private final Keyring keyring;
  private final KeySource keys;
  private final Clock clock;

  private Models(
      ModelsConfig config,
      PriceCatalogue catalogue,
      Map<Dialect, Function<BodyBytes, Envelope>> readers,
      Spend spend,
      ProviderObjects objects,
      Bounds bounds,
      Limits limits,
      ModelMeters meters,
      Keyring keyring,
      KeySource keys,
      Clock clock) {
    this.config = config;
    this.directory = new Directory(config, catalogue);
    this.border = new Crossing.Border(readers, clock);
    this.estimator = new Estimator(config.unboundedInput());
    this.charges = new Charges(catalogue);
    this.spend = spend;
    this.objects = objects;
    this.bounds = bounds;
    this.gate = new LimitGate(limits, meters);
    this.meters = meters;
    this.keyring = keyring;
    this.keys = keys;
    this.clock = clock;
    this.auto = new Auto(config.routing().auto(), directory, clock);
  }

  /**
   * Opens the room; no provider is asked for anything yet.
   *
   * @param readers how a conversation is read in each dialect, headers apart
   * @param keyring organizations' own keys
   * @param organizationLabels how many organizations metrics tell apart
   */
  public static Models open(
      ModelsConfig config,
      PriceCatalogue catalogue,
      Map<Dialect, Function<BodyBytes, Envelope>> readers,
      Spend spend,
      ProviderObjects objects,
      Bounds bounds,
      Limits limits,
      Keyring keyring,
      MeterRegistry registry,
      int organizationLabels,
      Clock clock) {
    return new Models(
        config,
        catalogue,
        readers,
        spend,
        objects,
        bounds,
        limits,
        new ModelMeters(registry, organizationLabels),
        keyring,
        new KeySource(config, new CredentialMeters(registry), clock),
        clock);
  }

  /**
   * How the operator's keys fare on this node, and those of organizations' own that do not fare
   * well.
   */
  public List<ProviderHealth> health() {
    return keys.health();
  }

  /** The part of one event loop; called on it. */
  public ModelLoop on(Vertx vertx, Deadlines deadlines) {
    return new ModelLoop(this, vertx, deadlines);
  }

  /** Every name that a request in {@code dialect} may use. */
  public List<ModelListing> listings(Dialect dialect) {
    return directory.listings(dialect);
  }

  /** The same for one caller: those that its key may use. */
  public List<ModelListing> listings(Dialect dialect, OrgScope scope) {
    ModelAccess access = access(scope);
    return listings(dialect).stream()
        .filter(listing -> access.lists(listing.id(), dialect))
        .toList();
  }

  private ModelAccess access(OrgScope scope) {
    return new ModelAccess(directory, scope.entitlements().models());
  }

  /** What the prompt of a call is taken for, if it leaves its model to the prompt. */
  Sorted sorted(ModelCall call) {
    return directory.isAuto(call.envelope().model())
        ? auto.sorted(call.body(), call.dialect())
        : Sorted.AS_ASKED;
  }

  /** Whether a call that named {@code asked} can do with less. */
  Sorted spared(ModelCall call, Choice asked) {
    return auto.trivial(asked, call.envelope().shape(), call.body())
        ? Sorted.TRIVIAL
        : Sorted.AS_ASKED;
  }

  /**
   * The model that a call comes to; throws {@code NOT_FOUND} for one that nobody serves, and {@code
   * FORBIDDEN} for one that the key may not use.
   *
   * @param verdict of a call for {@code auto}; null: it named what it wants
   */
  Choice asked(ModelCall call, @Nullable Verdict verdict) {
    String asked = call.envelope().model();
    ModelAccess access = access(call.scope());
    return verdict == null
        ? access.require(asked, directory.resolve(asked, call.surface()))
        : directory.auto(verdict.category(), call.surface(), access);
  }

  /**
   * What a call is tried on; throws as {@link #asked} does. Fallbacks that the key may not use are
   * left out.
   */
  Attempts attempts(ModelCall call, @Nullable Verdict verdict) {
    Choice first = asked(call, verdict);
    ModelAccess access = access(call.scope());
    return new Attempts(
        config.routing(),
        first,
        () ->
            directory.fallbacks(call.envelope().model(), first, call.surface()).stream()
                .filter(access::allows)
                .toList());
  }

  /**
   * The same for a call that names what only {@code maker} has.
   *
   * @param field what names it
   */
  Attempts attempts(ModelCall call, Maker maker, String field) {
    Verdict verdict = sorted(call).verdict();
    String asked = verdict == null ? call.envelope().model() : verdict.category().wire();
    Provider provider = Objects.requireNonNull(directory.provider(maker.provider()));
    ModelAccess access = access(call.scope());
    Choice first =
        access.require(asked, directory.resolveAt(provider, asked, call.dialect(), field));
    return new Attempts(
        config.routing(),
        first,
        () ->
            directory.fallbacks(asked, first, call.surface()).stream()
                .filter(choice -> choice.provider() == provider && access.allows(choice))
                .toList());
  }

  /** Whom a question that costs nothing is put to; throws as {@link #asked} does. */
  Choice uncommitted(ModelCall call) {
    return asked(call, sorted(call).verdict());
  }

  /**
   * The plan of an attempt on {@code choice}.
   *
   * @param bound whether no other provider can serve the call
   * @param trivial whether the economy tier will do
   */
  CallPlanner planner(ModelCall call, Leg leg, Choice choice, boolean bound, boolean trivial) {
    return planner(
        leg.surface(),
        leg.envelope().shape(),
        requestClass(call.request().getHeader("x-claude-code-request-class")),
        choice,
        access(call.scope())::allows,
        bound,
        trivial);
  }

  /** The plan of a call of the gateway's own. */
  CallPlanner planner(Surface surface, CallShape shape, String requestClass, Choice choice) {
    return planner(surface, shape, requestClass, choice, any -> true, false, false);
  }

  private CallPlanner planner(
      Surface surface,
      CallShape shape,
      @Nullable String requestClass,
      Choice choice,
      Predicate<Choice> allowed,
      boolean bound,
      boolean trivial) {
    return new CallPlanner(
        directory,
        estimator,
        bounds,
        surface,
        shape,
        requestClass,
        choice,
        bound,
        allowed,
        trivial,
        clock.now());
  }

  /**
   * What would become of a request now; throws {@code NOT_FOUND} for a model that nobody serves,
   * and {@code FORBIDDEN} for one that the key may not use. No model is asked for the category.
   *
   * @param surface the route that it would come by
   * @param body as it would come, and {@code envelope} what was read of it
   * @param requestClass the client's own class of the request; null: not said
   * @param standing how its budgets stand
   */
  public Preview preview(
      OrgScope scope,
      Surface surface,
      BodyBytes body,
      Envelope envelope,
      @Nullable String requestClass,
      Standing standing) {
    String model = envelope.model();
    ModelAccess access = access(scope);
    Sorted sorted =
        directory.isAuto(model) ? auto.sorted(body, surface.dialect()) : Sorted.AS_ASKED;
    Verdict guess = sorted.verdict();
    Choice asked =
        guess == null
            ? access.require(model, directory.resolve(model, surface))
            : directory.auto(guess.category(), surface, access);
    Leg leg =
        asked.provider().dialect() == surface.dialect()
            ? new Leg(surface, body, envelope, null, null)
            : border.cross(body, asked, surface.dialect());
    Choice judge = sorted.judge();
    return planner(
            leg.surface(),
            leg.envelope().shape(),
            requestClass(requestClass),
            asked,
            access::allows,
            false,
            guess == null && auto.trivial(asked, envelope.shape(), body))
        .preview(standing)
        .told(guess, judge == null ? null : judge.model());
  }

  private static @Nullable String requestClass(@Nullable String header) {
    return header == null || header.isBlank() || header.length() > LONGEST_CLASS
        ? null
        : header.strip();
  }

  ModelsConfig config() {
    return config;
  }

  Auto auto() {
    return auto;
  }

  Directory directory() {
    return directory;
  }

  Crossing.Border border() {
    return border;
  }

  Charges charges() {
    return charges;
  }

  Spend spend() {
    return spend;
  }

  ProviderObjects objects() {
    return objects;
  }

  Bounds bounds() {
    return bounds;
  }

  LimitGate gate() {
    return gate;
  }

  ModelMeters meters() {
    return meters;
  }

  Keyring keyring() {
    return keyring;
  }

  KeySource keys() {
    return keys;
  }

  Clock clock() {
    return clock;
  }
}
