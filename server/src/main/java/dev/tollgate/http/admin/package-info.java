/**
 * Administration, health, metrics and usage over HTTP: JSON in and out, on virtual threads.
 *
 * <p>Owns no table; every change is audited by the room that makes it.
 */
@NullMarked
package dev.tollgate.http.admin;

import org.jspecify.annotations.NullMarked;
