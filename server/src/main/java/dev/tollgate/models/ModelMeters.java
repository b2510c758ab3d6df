package dev.tollgate.models;

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
          .tags("organizationId", label(organization), "reason", "budget_low")
          .register(registry)
          .increment();
    }
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

  void ended(ModelCall call, Plan plan, Outcome outcome, long overheadNanos) {
    Meters meters = meters(plan);
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
    overhead(call.surface().path()).record(Math.max(0, overheadNanos), TimeUnit.NANOSECONDS);
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
        counter("ai.requests", both.and("success", "true")),
        counter("ai.requests", both.and("success", "false")),
        counter("ai.tokens", model.and("type", "input")),
        counter("ai.tokens", model.and("type", "output")),
        counter("ai.tokens", model.and("type", "total")),
        counter("gen_ai.client.token.usage", genAi.and("gen_ai.token.type", "input")),
        counter("gen_ai.client.token.usage", genAi.and("gen_ai.token.type", "output")),
        timer("ai.request.duration", both),
        timer("gen_ai.client.operation.duration", genAi.and("gen_ai.operation.name", "chat")),
        timer("gen_ai.client.operation.time_to_first_chunk", genAi));
  }

  private Counter counter(String name, Tags tags) {
    return Counter.builder(name).tags(tags).register(registry);
  }

  private Timer timer(String name, Tags tags) {
    return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(registry);
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
