/**
 * What can be seen from outside: metrics, logs and the correlation of both.
 *
 * <p>Owns the meter registry and the names that dashboards rely on. Label values are bounded.
 */
@NullMarked
package dev.tollgate.telemetry;

import org.jspecify.annotations.NullMarked;
