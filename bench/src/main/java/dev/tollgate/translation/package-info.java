/**
 * What it costs to write requests and events for the other dialect. In the room's own package, so
 * that what is measured need not be public. Runs under JMH; nothing is sent.
 */
@NullMarked
package dev.tollgate.translation;

import org.jspecify.annotations.NullMarked;
