package dev.tollgate.limits;

import java.time.Duration;
import java.time.Instant;

/**
 * How one limit stands.
 *
 * @param at when it was read
 * @param remaining what may still be asked for, as far as this node has heard
 * @param reset after so long without a call all of it is there again
 */
public record Reading(Level level, Instant at, long limit, long remaining, Duration reset) {}
