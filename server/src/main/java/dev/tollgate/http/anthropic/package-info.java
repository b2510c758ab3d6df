/**
 * Anthropic's wire format at the front: what is read of a request, and how an error looks.
 *
 * <p>Source: Anthropic's API reference, Messages and Errors.
 */
@NullMarked
package dev.tollgate.http.anthropic;

import org.jspecify.annotations.NullMarked;
