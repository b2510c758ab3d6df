package dev.tollgate.spend;

/**
 * When PostgreSQL may be asked for money of a budget again: at once where an answer may be another
 * one, and in a measured step where the last one was in vain. All instants are monotonic readings.
 */
final class AskPace {

  /** How long other nodes are given to answer a recall. */
  static final long RECALL = 1_000_000_000L;

  /** The step between two asks meanwhile. */
  private static final long RECALL_STEP = 30_000_000L;

  private long askFrom;
  private long aheadFrom;
  private long recallFrom;
  private long recallUntil;
  private long vainAt;

  AskPace(long now) {
    askFrom = now;
    aheadFrom = now;
    recallFrom = now;
    recallUntil = now;
    vainAt = now - 1;
  }

  /** Something changed: the next ask may find money. */
  void askAtOnce(long now) {
    askFrom = now;
  }

  /** PostgreSQL had less than was asked for. */
  void askedInVain(long now) {
    askFrom = now + (recallUntil - now > 0 ? RECALL_STEP : LeaseProtocol.FRESH);
    vainAt = now;
  }

  /** The slice was filled for calls to come, as far as it could be. */
  void askedAhead(long now) {
    aheadFrom = now + LeaseProtocol.FRESH;
  }

  /**
   * Other nodes were asked for what they do not use.
   *
   * @param answer whether any has something
   */
  void recalled(boolean answer, long now) {
    recallFrom = now + 2 * RECALL;
    if (answer) {
      recallUntil = now + RECALL;
      askFrom = now + RECALL_STEP;
    }
  }

  boolean mayAsk(long now) {
    return askFrom - now <= 0;
  }

  boolean mayAskAhead(long now) {
    return aheadFrom - now <= 0;
  }

  boolean mayRecall(long now) {
    return recallFrom - now <= 0;
  }

  /** The next ask, where that is before {@code deadline}. */
  long before(long deadline) {
    return askFrom - deadline < 0 ? askFrom : deadline;
  }

  /**
   * Whether it is known that there is nothing to be had for a call that came at {@code since}:
   * PostgreSQL had none after that, and no node has a recall to answer.
   */
  boolean exhausted(long since, long now) {
    return wasInVain(since) && recallFrom - now > 0 && recallUntil - now <= 0;
  }

  /** Whether PostgreSQL had less than was asked for after {@code since}. */
  boolean wasInVain(long since) {
    return vainAt - since >= 0;
  }
}
