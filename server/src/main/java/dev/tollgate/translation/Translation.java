package dev.tollgate.translation;

import dev.tollgate.kernel.Clock;

/**
 * One direction between two dialects: how a caller's request is written for a provider of the other
 * dialect, and how that provider's answers are written for the caller.
 *
 * <p>A request that says something the other dialect has no word for is an {@code INVALID_REQUEST}
 * that names the field. A provider's answer that is not in its own dialect is an {@code
 * UPSTREAM_INVALID}. Time and space are linear in the body; a body's strings are copied once.
 */
public sealed interface Translation permits ChatToMessages, MessagesToChat {

  /**
   * For callers of Chat Completions at a provider of Messages.
   *
   * @param clock for {@code created}, which Messages does not tell
   */
  static Translation chatToMessages(Clock clock) {
    return new ChatToMessages(clock);
  }

  /** For callers of Messages at a provider of Chat Completions. */
  static Translation messagesToChat() {
    return new MessagesToChat();
  }

  /** The caller's request as {@code target}'s provider takes it. */
  Translated request(byte[] body, Target target);

  /** The provider's whole answer as the caller takes it. */
  byte[] answer(byte[] body, Asked asked);

  /** Begins to translate the events of one answer. */
  StreamTranslation stream(Asked asked);

  /**
   * An error of the provider as the caller takes it: the same status and message.
   *
   * @param body as the provider sent it, JSON or not
   */
  byte[] error(int status, byte[] body, String requestId);
}
