package dev.tollgate.translation;

/**
 * An answer's events on their way to the caller, one at a time and in order. Not for two threads.
 *
 * <p>What is kept is bounded: calls whose pieces come interleaved, and thinking until its signature
 * comes. An event that is not in the provider's dialect is an {@code UPSTREAM_INVALID}, after which
 * the translation is of no more use.
 */
public interface StreamTranslation {

  /**
   * Takes one server-sent event, {@code bytes[from, to)} with its empty line. Nothing points into
   * {@code bytes} afterwards.
   *
   * @return the events that the caller gets for it, none or several
   */
  byte[] event(byte[] bytes, int from, int to);

  /**
   * The provider ended the stream.
   *
   * @return what the caller still lacks of a finished answer; nothing where all was said, or where
   *     the answer was not finished
   */
  byte[] end();
}
