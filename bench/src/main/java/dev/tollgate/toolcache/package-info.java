/**
 * What the cache of answers costs on two nodes over a real Redis and PostgreSQL. In the room's own
 * package, so that what is measured need not be public.
 */
@NullMarked
package dev.tollgate.toolcache;

import org.jspecify.annotations.NullMarked;
