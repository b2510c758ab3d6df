package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What calls to models count: the names of the dashboards and OpenTelemetry's (semantic conventions
 * for generative AI). Labels are bounded: models beyond a number are {@code other}, and so are
 * organizations.
 */
final class ModelMeters {

  private static final String CALLS = "Calls that a model was asked for, by how they ended";
  private static final String TOKENS = "Tokens that providers reported";
  private static final String DURATION = "From a call's arrival to the end of its answer";

  private static final int MOST_MODELS = 200;
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60),
    Duration.ofSeconds(120),
    Duration.ofSeconds(300),
  };
  private static final Duration[] OVERHEAD = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
  };

  private final MeterRegistry registry;
  private final int mostOrganizations;
  private final Set<String> models = ConcurrentHashMap.newKeySet();
  private final Set<UUID> organizations = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<ByModel, Meters> byModel = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Timer> overheads = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Counter> refusals = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Counter> failovers = new ConcurrentHashMap<>();

  private record ByModel(String model, String category, String provider) {}

  /** Looked up once for each model, then only moved. */
  private record Meters(
      Counter succeeded,
      Counter failed,
      Counter input,
      Counter output,
      Counter total,
      Counter genAiInput,
      Counter genAiOutput,
      Timer duration,
      Timer genAiDuration,
      Timer firstChunk) {}

  ModelMeters(MeterRegistry registry, int mostOrganizations) {
    this.registry = registry;
    this.mostOrganizations = mostOrganizations;
  }

  void sent(Plan plan, UUID organization) {
    if (plan.step() != null) {
      Counter.builder("ai.requests.downgraded")
          .description("Calls that a step of the ladder gave to a cheaper model")
          .tags("organizationId", label(organization), "reason", reason(plan))
          .register(registry)
          .increment();
    }
  }

  private static String reason(Plan plan) {
    return CallPlanner.LOW_COMPLEXITY.equals(plan.step())
        ? CallPlanner.LOW_COMPLEXITY
        : "budget_low";
  }

  /** A call for {@code auto} has its category. */
  void sorted(Verdict verdict) {
    Counter.builder("ai.requests.sorted")
        .description("Calls for auto, by the category they were taken for and what told it")
        .tags("category", verdict.category().wire(), "reason", verdict.reason().wire())
        .register(registry)
        .increment();
  }

  /** A call of the gateway's own has ended. */
  void judged(Plan plan, Outcome outcome) {
    count(meters(plan), outcome);
  }

  void refused(Dialect dialect, ErrorCode code) {
    refusals
        .computeIfAbsent(
            dialect.wire() + code.wire(),
            key ->
                Counter.builder("ai.requests.refused")
                    .description("Calls that got no answer from a model, by code")
                    .tags("dialect", dialect.wire(), "code", code.wire())
                    .register(registry))
        .increment();
  }

  /** A call went on elsewhere. */
  void failedOver(String provider, String reason) {
    failovers
        .computeIfAbsent(
            provider + '\n' + reason,
            key ->
                Counter.builder("ai.attempts.failed.over")
                    .description("Attempts that failed and were followed by another")
                    .tags("provider", provider, "reason", reason)
                    .register(registry))
        .increment();
  }

  void ended(ModelCall call, Plan plan, Outcome outcome, long overheadNanos) {
    count(meters(plan), outcome);
    overhead(call.surface().path()).record(Math.max(0, overheadNanos), TimeUnit.NANOSECONDS);
  }

  private static void count(Meters meters, Outcome outcome) {
    boolean ok = outcome.status() == Outcome.Status.OK;
    (ok ? meters.succeeded() : meters.failed()).increment();
    meters.duration().record(outcome.totalMicros(), TimeUnit.MICROSECONDS);
    meters.genAiDuration().record(outcome.totalMicros(), TimeUnit.MICROSECONDS);
    if (outcome.firstByteMicros() >= 0) {
      meters.firstChunk().record(outcome.firstByteMicros(), TimeUnit.MICROSECONDS);
    }
    Usage usage = outcome.usage();
    if (usage != null) {
      double input = usage.prompt();
      double output = (double) usage.output() + usage.outputAudio();
      meters.input().increment(input);
      meters.output().increment(output);
      meters.total().increment(input + output);
      meters.genAiInput().increment(input);
      meters.genAiOutput().increment(output);
    }
  }

  private Timer overhead(String surface) {
    return overheads.computeIfAbsent(
        surface,
        path ->
            Timer.builder("gateway.overhead")
                .description("Time in the gateway: a call's total less its provider's part")
                .tag("surface", path)
                .serviceLevelObjectives(OVERHEAD)
                .register(registry));
  }

  private Meters meters(Plan plan) {
    Choice choice = plan.choice();
    String category = choice.category() == null ? "none" : choice.category().wire();
    return byModel.computeIfAbsent(
        new ByModel(label(choice.model()), category, choice.provider().name()), this::open);
  }

  private Meters open(ByModel key) {
    Tags model = Tags.of("model", key.model());
    Tags both = model.and("category", key.category());
    Tags genAi =
        Tags.of(
            Tag.of("gen_ai.request.model", key.model()),
            Tag.of("gen_ai.provider.name", key.provider()));
    return new Meters(
        counter("ai.requests", CALLS, both.and("success", "true")),
        counter("ai.requests", CALLS, both.and("success", "false")),
        counter("ai.tokens", TOKENS, model.and("type", "input")),
        counter("ai.tokens", TOKENS, model.and("type", "output")),
        counter("ai.tokens", TOKENS, model.and("type", "total")),
        counter("gen_ai.client.token.usage", TOKENS, genAi.and("gen_ai.token.type", "input")),
        counter("gen_ai.client.token.usage", TOKENS, genAi.and("gen_ai.token.type", "output")),
        timer("ai.request.duration", DURATION, both),
        timer(
            "gen_ai.client.operation.duration",
            DURATION,
            genAi.and("gen_ai.operation.name", "chat")),
        timer(
            "gen_ai.client.operation.time_to_first_chunk",
            "From a call's arrival to the first byte of its answer",
            genAi));
  }

  private Counter counter(String name, String about, Tags tags) {
    return Counter.builder(name).description(about).tags(tags).register(registry);
  }

  private Timer timer(String name, String about, Tags tags) {
    return Timer.builder(name)
        .description(about)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private String label(String model) {
    return bounded(models, model, MOST_MODELS, () -> model);
  }

  private String label(UUID organization) {
    return bounded(organizations, organization, mostOrganizations, organization::toString);
  }

  private static <T> String bounded(Set<T> known, T value, int most, Supplier<String> name) {
    if (known.contains(value) || (known.size() < most && known.add(value))) {
      return name.get();
    }
    return "other";
  }
}
