/**
 * Money: prices, budgets, holds before a call and settlement after it, and the ledger that proves
 * the sum.
 *
 * <p>Owns the tables {@code budgets}, {@code budget_windows}, {@code nodes}, {@code leases}, {@code
 * ledger}, {@code usage_sums} (with {@code usage_state}) and {@code closing_balances}. Never speaks
 * HTTP and never calls a provider. A hold is a compare-and-set in memory against a slice leased
 * from PostgreSQL; only PostgreSQL may refuse. {@code hold} and {@code settle} return futures and
 * never block the caller; everything else blocks and belongs on a virtual thread.
 */
@NullMarked
package dev.tollgate.spend;

import org.jspecify.annotations.NullMarked;
