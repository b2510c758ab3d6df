/**
 * The money room by itself, in its own package, so that what is looked at need not be public: what
 * a hold, a settlement and the journal cost, under JMH; slices and slots under two threads, by
 * JCStress; whether learned bounds hold on real text; and many seeds of the simulation. No database
 * is asked: {@code dev.tollgate.bench} measures the room on one.
 */
@NullMarked
package dev.tollgate.spend;

import org.jspecify.annotations.NullMarked;
