/**
 * Which kind of work a prompt asks for, told by its words and its shape.
 *
 * <p>Owns the categories, the lexicon (a resource file), and the reading of requests for it. Does
 * no I/O, keeps nothing of what it reads, has no tables, is safe from any thread and from the event
 * loop: microseconds for a short body, one pass over a long one.
 */
@NullMarked
package dev.tollgate.classification;

import org.jspecify.annotations.NullMarked;
