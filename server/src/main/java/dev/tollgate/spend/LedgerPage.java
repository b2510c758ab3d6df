package dev.tollgate.spend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the ledger, newest first.
 *
 * @param nextCursor opaque and safe in a URL; null: this is the last
 */
public record LedgerPage(List<LedgerEntry> items, @Nullable String nextCursor) {}
