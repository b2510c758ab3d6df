/**
 * What providers keep for organizations: which id belongs to whom, and was made with which
 * credential of the operator's.
 *
 * <p>An id that is not here is nobody's: on an operator's key it could be another tenant's. Owns
 * the table {@code provider_objects}, which has hashes of ids and never what they stand for. Never
 * blocks its callers: look-ups are answered from memory or on a virtual thread, and what answers
 * give out is written by one thread, many answers in one commit.
 */
@NullMarked
package dev.tollgate.objects;

import org.jspecify.annotations.NullMarked;
