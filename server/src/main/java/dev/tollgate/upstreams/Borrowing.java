package dev.tollgate.upstreams;

import io.vertx.core.Future;

/** A session for one call, or the wait for it. */
final class Borrowing {

  private final Future<Loan> loan;
  private final Runnable giveUp;

  /**
   * One that is under way.
   *
   * @param loan on the caller's event loop
   * @param giveUp leaves the line of those who wait
   */
  Borrowing(Future<Loan> loan, Runnable giveUp) {
    this.loan = loan;
    this.giveUp = giveUp;
  }

  Future<Loan> loan() {
    return loan;
  }

  /** Nobody wants it any more: gives back what is there or comes yet. */
  void cancel() {
    giveUp.run();
    loan.onSuccess(Loan::giveUp);
  }
}
