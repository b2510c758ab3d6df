package dev.tollgate.spend;

import java.util.List;
import java.util.UUID;

/**
 * A hold that had no end when the table was read.
 *
 * @param slot where the table has it
 * @param amount nano-dollars, held in each of the leases
 * @param leases one to four, in the order of the hold
 */
record OpenHold(int slot, UUID call, int attempt, long amount, List<Long> leases) {}
