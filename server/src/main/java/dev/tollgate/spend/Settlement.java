package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/**
 * A charge that is committed.
 *
 * @param remaining limit − settled of the budget that was charged; null: unlimited
 */
public record Settlement(@Nullable Money remaining) {}
