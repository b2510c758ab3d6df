/**
 * What it costs to sort a call for {@code auto}, by the classes of the room itself: this package is
 * the room's own, so that what is measured need not be public. Runs under JMH; makes no request.
 */
@NullMarked
package dev.tollgate.classification;

import org.jspecify.annotations.NullMarked;
