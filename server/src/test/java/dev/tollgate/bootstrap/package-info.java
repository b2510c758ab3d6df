/** Tests of the composition root against real servers and real processes. */
@NullMarked
package dev.tollgate.bootstrap;

import org.jspecify.annotations.NullMarked;
