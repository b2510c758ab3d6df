/**
 * The composition root: command line, configuration, embedded servers, and the order in which the
 * rooms open and close.
 *
 * <p>The only room that sees all others, and that none sees.
 */
@NullMarked
package dev.tollgate.bootstrap;

import org.jspecify.annotations.NullMarked;
