package dev.tollgate.bootstrap;

import java.time.Duration;

/** Bounds on requests. */
@Section
record LimitsSection(
    @Key(about = "The first line and the headers of a request.", preset = "64KiB") Size headerBytes,
    @Key(about = "The body of a request.", preset = "32MiB") Size bodyBytes,
    @Key(about = "All bodies in memory together.", preset = "256MiB") Size bodiesInFlight,
    @Key(about = "How deep the JSON of a body may nest.", preset = "128") int jsonDepth,
    @Key(about = "Within which a whole request must have arrived.", preset = "60s")
        Duration requestTimeout,
    @Key(about = "How long an answer may take in all.", preset = "60m") Duration streamDuration,
    @Key(
            about =
                """
                How long a shutdown still takes calls while /health/ready says no, so that a
                balancer sends them elsewhere first; as long as that takes to notice.\
                """,
            preset = "0s")
        Duration drainNotice,
    @Key(about = "How long a shutdown waits for calls under way.", preset = "30s") Duration drain) {

  LimitsSection {
    Checks.between("header-bytes", headerBytes.bytes(), 1 << 10, 1 << 20);
    Checks.between("body-bytes", bodyBytes.bytes(), 1 << 10, 1 << 30);
    Checks.that(
        bodiesInFlight.bytes() >= bodyBytes.bytes(),
        "bodies-in-flight must be at least body-bytes, or no body of that size ever fits");
    Checks.between("json-depth", jsonDepth, 8, 1_000);
    Checks.positive("request-timeout", requestTimeout);
    Checks.positive("stream-duration", streamDuration);
    Checks.that(!drainNotice.isNegative(), "drain-notice must not be negative");
  }
}
