package dev.tollgate.bootstrap;

import org.jspecify.annotations.Nullable;

/** What is measured. */
@Section
record TelemetrySection(
    @Key(about = "Serve /metrics here, open; without: on the listener, with a key.")
        @Nullable MetricsListen metricsListen,
    @Key(
            about = "Organizations with metrics of their own; the rest count as other.",
            preset = "200")
        int organizationLabels) {

  TelemetrySection {
    Checks.between("organization-labels", organizationLabels, 0, 100_000);
  }

  /** Where metrics are read. */
  @Section
  record MetricsListen(
      @Key(about = "The address to listen at.", preset = "127.0.0.1") String host,
      @Key(about = "The port.", preset = "9464") int port) {

    MetricsListen {
      Checks.port("port", port);
    }
  }
}
