/** The response cache: its rules alone, and two nodes of it on real Redis and PostgreSQL. */
@NullMarked
package dev.tollgate.toolcache;

import org.jspecify.annotations.NullMarked;
