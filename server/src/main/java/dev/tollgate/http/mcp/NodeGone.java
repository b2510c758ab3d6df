package dev.tollgate.http.mcp;

/** A node is no longer there, nor what it had: nobody needs to try again. */
final class NodeGone extends Exception {

  private static final long serialVersionUID = 1L;

  NodeGone(String why) {
    super(why);
  }
}
