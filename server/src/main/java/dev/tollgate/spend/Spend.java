package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Money: held before a call, settled after it.
 *
 * <p>{@link #admit}, {@link #settle} and {@link #release} never block and may be called from any
 * thread; their futures complete on any thread. Everything else blocks and belongs on a virtual
 * thread.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Spend implements AutoCloseable {

  private Spend() {}

  /**
   * Registers this node and starts to lease money.
   *
   * @param nodeId what this node is called in the database; the same after a restart
   * @param address where other nodes and administrators find it
   */
  public static Spend open(
      SpendConfig config,
      Storage storage,
      Clock clock,
      MeterRegistry meters,
      UUID nodeId,
      String address) {
    throw new UnsupportedOperationException();
  }

  /**
   * Asks for money for one attempt of a call. Every {@link Admission.Granted} must be settled or
   * released exactly once.
   *
   * @param callId of version 7: its instant dates the ledger entry
   * @param attempt counts from 1 within a call
   */
  public <P> Future<Admission<P>> admit(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    throw new UnsupportedOperationException();
  }

  /**
   * Charges what an attempt cost. Completes when the charge is committed; fails with {@code
   * BUDGET_UNAVAILABLE} when it could not be in time, and then it is still tried.
   */
  public Future<Settlement> settle(Hold hold, CallFacts facts, Outcome outcome) {
    throw new UnsupportedOperationException();
  }

  /** Gives the money back: the attempt never reached a provider. */
  public void release(Hold hold) {
    throw new UnsupportedOperationException();
  }

  /** Whether money can be leased right now. */
  public boolean ready() {
    throw new UnsupportedOperationException();
  }

  /** Opens the budget of a new organization within the transaction that makes it. */
  public static void openBudget(Handle handle, UUID organization, BudgetTerms terms) {
    throw new UnsupportedOperationException();
  }

  public BudgetStatus status(OrgScope scope) {
    throw new UnsupportedOperationException();
  }

  /** Changes limit and policy, also while calls are in flight; audited. */
  public BudgetStatus setTerms(OrgScope scope, Caller.Administrator actor, BudgetTerms terms) {
    throw new UnsupportedOperationException();
  }

  /** Opens a new window; what is in flight settles into the old one; audited. */
  public BudgetStatus reset(OrgScope scope, Caller.Administrator actor, String reason) {
    throw new UnsupportedOperationException();
  }

  /**
   * Entries held in [from, to), newest first.
   *
   * @param cursor of the page before; null: the first page
   */
  public LedgerPage ledger(
      OrgScope scope,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    throw new UnsupportedOperationException();
  }

  public UsageReport usage(OrgScope scope, @Nullable Instant from, @Nullable Instant to) {
    throw new UnsupportedOperationException();
  }

  /** Every organization, for administrators, by pages. */
  public BudgetHealth health(int limit, @Nullable String cursor) {
    throw new UnsupportedOperationException();
  }

  /** One organization, for itself. */
  public BudgetHealth health(OrgScope scope) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
