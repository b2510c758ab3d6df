/** Tests of what can be seen from outside. */
@NullMarked
package dev.tollgate.telemetry;

import org.jspecify.annotations.NullMarked;
