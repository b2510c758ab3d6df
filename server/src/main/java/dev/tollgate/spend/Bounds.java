package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What providers' own reports taught about tokens a byte, by model and class of text: the bounds
 * that {@code capped} estimates start from. Nothing learned means a token a byte, which is proven.
 *
 * <p>{@link #factors} and {@link #report} never block, and may be called from any thread. What is
 * learned is shared with other nodes through the database every few seconds; while that is away
 * nothing is learned, but a bound that proved too low is raised at once.
 */
public final class Bounds implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Bounds.class);

  /** After that other nodes know of a reset. */
  static final Duration SHARING = Duration.ofSeconds(5);

  /** Models that something is learned of; the rest keep to the proven bound. */
  private static final int MOST_MODELS = 1_024;

  private final boolean learning;
  private final BoundMeters meters;
  private final Map<String, Map<String, LearnedModel>> models = new ConcurrentHashMap<>();
  private final @Nullable BoundsStore store;
  private final Heartbeat heartbeat = new Heartbeat();

  private Bounds(boolean learning, @Nullable BoundsStore store, MeterRegistry registry) {
    this.learning = learning;
    this.store = store;
    this.meters = new BoundMeters(registry, this::learned);
  }

  /**
   * Takes over what is learned already, and goes on learning.
   *
   * @param learning false: every bound stays the proven one
   */
  public static Bounds open(Storage storage, MeterRegistry registry, boolean learning) {
    if (!learning) {
      return new Bounds(false, null, registry);
    }
    Bounds bounds = shared(storage, registry);
    bounds.heartbeat.everyBlocking(SHARING, bounds::share);
    return bounds;
  }

  /** Bounds that share with other nodes when told to {@link #share}. */
  static Bounds shared(Storage storage, MeterRegistry registry) {
    Bounds bounds = new Bounds(true, new BoundsStore(storage), registry);
    bounds.share();
    return bounds;
  }

  /** Bounds of this process alone, which learn when told to {@link #share}: for measurements. */
  static Bounds alone(MeterRegistry registry) {
    return new Bounds(true, null, registry);
  }

  /** What is learned of a provider's model. */
  public Factors factors(String provider, ModelEntry model) {
    LearnedModel learned = learned(provider, model.id());
    return learned == null ? Factors.PROVEN : learned.factors();
  }

  /**
   * Learns from a complete answer's report, and raises what proved too low.
   *
   * @param held what the call held; null: nothing
   */
  public void report(
      String provider,
      ModelEntry model,
      CallShape shape,
      Estimate.@Nullable Bounded held,
      Usage usage) {
    if (Estimator.mayCompact(model, shape)) {
      return;
    }
    if (held != null && usage.output() > held.maxOutput() * Estimator.choices(shape)) {
      meters.exceeded("output", usage.output() - held.maxOutput() * Estimator.choices(shape));
    }
    if (model.free() || model.prices().isEmpty() || Estimator.needsWindow(shape)) {
      return;
    }
    LearnedModel learned = learning ? learnedOrNew(provider, model.id()) : null;
    Factors factors = learned == null ? Factors.PROVEN : learned.factors();
    Capabilities.Limits limits = model.capabilities().limits();
    long tokens = usage.prompt();
    if (tokens > Estimator.visibleTokens(limits, Factors.PROVEN, shape)) {
      meters.exceeded("request", tokens - Estimator.visibleTokens(limits, Factors.PROVEN, shape));
      return;
    }
    if (learned == null) {
      return;
    }
    long excess = tokens - Estimator.visibleTokens(limits, factors, shape);
    if (excess > 0) {
      meters.exceeded("text", excess);
      tell(provider, model, learned.exceeded(limits, shape, tokens), excess);
    }
    if (teaches(shape, usage)) {
      learned.observe(shape.input(), tokens);
    }
  }

  private void tell(String provider, ModelEntry model, Set<LearnedClass> resets, long excess) {
    if (!resets.isEmpty()) {
      meters.reset(resets);
      LOG.warn(
          "a prompt to {} of {} had {} tokens more than its bound; {} counts as a token a byte"
              + " again",
          model.id(),
          provider,
          excess,
          resets.stream().map(LearnedClass::wire).sorted().toList());
    }
  }

  /** Whether the prompt was the text of the body, all of it and nothing else. */
  private static boolean teaches(CallShape shape, Usage usage) {
    CallShape.Input input = shape.input();
    return input.images() == 0
        && !shape.features().thinkingBlocks()
        && usage.inputAudio() == 0
        && usage.webSearches() == 0;
  }

  private @Nullable LearnedModel learned(String provider, String model) {
    Map<String, LearnedModel> ofProvider = models.get(provider);
    return ofProvider == null ? null : ofProvider.get(model);
  }

  private @Nullable LearnedModel learnedOrNew(String provider, String model) {
    LearnedModel learned = learned(provider, model);
    if (learned != null || all().size() >= MOST_MODELS) {
      return learned;
    }
    return models
        .computeIfAbsent(provider, ignored -> new ConcurrentHashMap<>())
        .computeIfAbsent(model, ignored -> new LearnedModel());
  }

  private List<LearnedModel> all() {
    return models.values().stream().flatMap(models -> models.values().stream()).toList();
  }

  private long learned() {
    return all().stream().mapToLong(model -> model.factors().learned()).sum();
  }

  /** Sends what was observed, and takes over what all nodes know. Blocks. */
  void share() {
    if (store == null) {
      all().forEach(LearnedModel::confirmFresh);
      return;
    }
    SortedMap<BoundsStore.Name, Evidence.Gleaned> news = new TreeMap<>();
    models.forEach((provider, ofProvider) ->
        ofProvider.forEach((model, learned) ->
            learned
                .glean()
                .forEach(
                    one -> news.put(new BoundsStore.Name(provider, model, one.of().wire()), one))));
    try {
      adopt(store.exchange(news));
    } catch (Failure away) {
      LOG.debug("what was observed is dropped: {}", away.getMessage());
    }
  }

  private void adopt(List<BoundsStore.Row> rows) {
    Map<String, LearnedClass> classes = new HashMap<>();
    for (LearnedClass of : LearnedClass.values()) {
      classes.put(of.wire(), of);
    }
    for (BoundsStore.Row row : rows) {
      LearnedClass of = classes.get(row.name().of());
      LearnedModel learned = learnedOrNew(row.name().provider(), row.name().model());
      if (of != null && learned != null) {
        learned.confirm(of, row.resets(), row.reports());
      }
    }
  }

  /** Shares what is observed one last time. */
  @Override
  public void close() {
    heartbeat.close();
    share();
  }
}
