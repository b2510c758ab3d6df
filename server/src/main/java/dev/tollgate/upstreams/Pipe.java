package dev.tollgate.upstreams;

import dev.tollgate.mcp.Raw;
import io.vertx.core.Future;

/** One stream of messages each way, shared by all that is said over it. */
interface Pipe {

  /** Hears what comes, on the loop that opened the pipe. */
  interface Ear {
    /** One message. */
    void message(Raw json);

    /** Nothing comes any more; told once. */
    void lost(String why);
  }

  /** Sends one message; fails where the pipe is gone or full. */
  Future<Void> send(Raw message);

  /** Reads on later: who this is for cannot take more. */
  void pause();

  void resume();

  /** Ends it; nothing is heard of it any more. */
  void close();
}
