/** The money room: what is pure by itself, and all of it on a real PostgreSQL. */
@NullMarked
package dev.tollgate.spend;

import org.jspecify.annotations.NullMarked;
