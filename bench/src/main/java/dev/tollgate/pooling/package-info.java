/**
 * The pool by itself: what lending costs, under JMH, and that one resource goes to one caller
 * whatever the order of two threads, under JCStress. In the room's own package, so that what is
 * looked at need not be public.
 */
@NullMarked
package dev.tollgate.pooling;

import org.jspecify.annotations.NullMarked;
