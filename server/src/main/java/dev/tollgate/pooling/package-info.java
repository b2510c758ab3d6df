/**
 * A pool of things that are costly to make: sessions, connections. One pool holds many keys, each
 * with bounds of its own, under bounds that groups of keys and all keys share.
 *
 * <p>Nothing here blocks: acquiring, making and closing are stages. One lock a pool guards all of
 * its state; it is never held while a resource is made or closed, a waiter is served or a listener
 * is told. Owns no table and knows nothing of what it pools.
 */
@NullMarked
package dev.tollgate.pooling;

import org.jspecify.annotations.NullMarked;
