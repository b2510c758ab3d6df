package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;

/**
 * Hears of one call, on the event loop that made it: any number of notifications and questions,
 * then one answer, then nothing.
 */
public interface Listener {

  /** Something that belongs to this call; progress is under the caller's own token. */
  void notified(Message.Notification notification);

  /** The server waits for {@link Question#answer}. */
  void asked(Question question);

  void answered(Answer answer);
}
