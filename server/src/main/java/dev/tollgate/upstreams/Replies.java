package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;

/**
 * What a server is answered in a session over Streamable HTTP, each by a request of its own:
 * whoever reads the server's stream reads on when few of them are under way. Lives on one event
 * loop.
 */
final class Replies {

  private static final int MOST = 16;

  private final UpstreamLoop loop;
  private final HttpSession session;
  private final Runnable changed;
  private int underWay;

  /**
   * None yet.
   *
   * @param changed runs when {@link #full} may have changed
   */
  Replies(UpstreamLoop loop, HttpSession session, Runnable changed) {
    this.loop = loop;
    this.session = session;
    this.changed = changed;
  }

  void send(Message message) {
    underWay++;
    changed.run();
    session
        .send(loop, message)
        .onComplete(sent -> {
          underWay--;
          changed.run();
        });
  }

  /** Whether no more is to be read that may have to be answered. */
  boolean full() {
    return underWay >= MOST;
  }
}
