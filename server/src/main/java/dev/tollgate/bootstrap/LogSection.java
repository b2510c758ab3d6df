package dev.tollgate.bootstrap;

import dev.tollgate.telemetry.Logs.Format;
import dev.tollgate.telemetry.Logs.Level;

/** What is written to standard output. */
@Section
record LogSection(
    @Key(about = "text, json, or auto: text on a terminal, else json.", preset = "auto")
        Format format,
    @Key(about = "error, warn, info or debug.", preset = "info") Level level,
    @Key(about = "A line for each request; for probes at debug.", preset = "true")
        boolean access) {}
