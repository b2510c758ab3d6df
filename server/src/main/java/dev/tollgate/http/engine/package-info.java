/**
 * The front door: listener, routes as data, limits, request ids, authentication and readiness.
 *
 * <p>Knows no dialect: a room of {@code http} brings its routes and the shape of its errors. Wire
 * handlers run on the event loop and never block; blocking handlers run on a virtual thread each.
 */
@NullMarked
package dev.tollgate.http.engine;

import org.jspecify.annotations.NullMarked;
