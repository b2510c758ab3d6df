/**
 * OpenAI's wire format at the front: what is read of a request, and how an error looks.
 *
 * <p>Source: OpenAI's API reference, Chat Completions, Models and Errors.
 */
@NullMarked
package dev.tollgate.http.openai;

import org.jspecify.annotations.NullMarked;
