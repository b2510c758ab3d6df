/** Tests of the way of a call to its connector. */
@NullMarked
package dev.tollgate.connectors;

import org.jspecify.annotations.NullMarked;
