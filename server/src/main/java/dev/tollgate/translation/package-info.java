/**
 * Conversations across dialects: a request to Chat Completions as one to Messages and the reverse,
 * and the answers back, whole or as a stream of events.
 *
 * <p>Pure: bytes in, bytes out. Does no I/O, has no tables, keeps nothing but the state of a stream
 * that is being translated. What cannot be carried is refused by the name of its field; what is
 * left out by decision is listed in {@code docs/cross-dialect.md}.
 *
 * <p>Threading: a {@link dev.tollgate.translation.Translation} is safe from any thread; a {@link
 * dev.tollgate.translation.StreamTranslation} belongs to the event loop of its call.
 *
 * <p>Source: Anthropic's API reference, Messages and Streaming Messages; OpenAI's API reference,
 * Chat Completions and Errors; both as of 2026-11.
 */
@NullMarked
package dev.tollgate.translation;

import org.jspecify.annotations.NullMarked;
