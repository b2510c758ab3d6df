/** The pool under a clock that stands still, and under real threads. */
@NullMarked
package dev.tollgate.pooling;

import org.jspecify.annotations.NullMarked;
