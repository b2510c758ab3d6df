package dev.tollgate.bootstrap;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a call whose provider fails before its answer began. */
@Section
record RoutingSection(
    @Key(
            about =
                """
                After what was asked for (a model, an alias, a category) or its tier: what is tried
                next, in order, when a provider cannot be reached or answers with 408, 429 or 5xx.
                A target is a model, an alias, or a provider's name, a slash and a model.\
                """,
            example =
                """
                premium: [anthropic/claude-sonnet-5-5]
                fast: [claude-sonnet-5-5, local/gpt-4o-mini]\
                """)
        Map<String, List<String>> fallbacks,
    @Key(
            about = "How often all of them are tried again; clients mostly do so themselves.",
            preset = "0")
        int retries,
    @Key(
            about = "How long a call waits for retries in all; a longer retry-after is passed on.",
            preset = "2s")
        Duration retryBudget,
    @Key(about = "The mean of the first wait; each is twice as long.", preset = "100ms")
        Duration backoff,
    @Key(about = "The model auto, which the prompt decides on; docs/auto-routing.md.") Auto auto,
    @Key(about = "When nothing more is sent to a provider with a key of it.") Breaker breaker) {

  RoutingSection {
    fallbacks.forEach((name, targets) ->
        Checks.that(!targets.isEmpty(), "fallbacks." + name + " must name a target"));
    Checks.between("retries", retries, 0, 10);
    Checks.that(!retryBudget.isNegative(), "retry-budget is negative");
    Checks.positive("backoff", backoff);
  }

  /** The model auto. */
  @Section
  record Auto(
      @Key(
              about =
                  """
                  How sure its words and shape must be of a prompt's category; below, a cheap model is
                  asked, at the caller's expense. Between 0 and 1.\
                  """,
              preset = "0.7")
          double confidence,
      @Key(
              about = "Which model is asked. Without this key: that of the economy tier.",
              example = "claude-haiku-5-5")
          @Nullable String model,
      @Key(about = "Whether one is asked at all.", preset = "true") boolean fallback,
      @Key(about = "How long that may take; then the best guess stands.", preset = "3s")
          Duration patience,
      @Key(
              about =
                  """
                  Whether a trivial request on a category of the premium tier goes to the economy
                  tier.\
                  """,
              preset = "true")
          boolean lowComplexity) {

    Auto {
      Checks.that(confidence >= 0 && confidence <= 1, "confidence must be between 0 and 1");
      Checks.positive("patience", patience);
    }
  }

  /** When nothing more is sent to a provider with a key of it. */
  @Section
  record Breaker(
      @Key(
              about =
                  """
                  So many of its last calls failed: no connection, 408, 5xx, silence, or an answer
                  that broke off; never 429 or what is the caller's. 101: it never opens.\
                  """,
              preset = "50")
          int failurePercent,
      @Key(about = "The last calls that are looked at.", preset = "20") int calls,
      @Key(about = "So many it takes to tell anything.", preset = "5") int leastCalls,
      @Key(about = "How long nothing is sent; then two calls try.", preset = "10s") Duration open) {

    Breaker {
      Checks.between("failure-percent", failurePercent, 1, 101);
      Checks.between("calls", calls, 1, 1_000);
      Checks.between("least-calls", leastCalls, 1, calls);
      Checks.positive("open", open);
    }
  }
}
