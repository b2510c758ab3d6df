package dev.tollgate.upstreams;

/** A session that somebody has for one call; given back once. Thread-safe. */
interface Loan {

  LegacySession session();

  /** The call is over. */
  void end();

  /** The call was given up: nobody else has the session before it is quiet. */
  void giveUp();

  /** The call will take as long as its client likes: it is not to hold up others. */
  void setApart();

  /** The server does not know the session any more, nor perhaps others that are as old. */
  void lost();
}
