package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;

/** Hears what a server says outside of calls, on the event loop that began to listen. */
public interface Hearing {

  /** Something changed. */
  void heard(Message.Notification notification);

  /** A question that belongs to no call; only where the session is one client's own. */
  void asked(Question question);

  /** The session that was listened to is over: nothing is heard any more. */
  default void lost() {}
}
