package dev.tollgate.spend;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A batch as the journal has it.
 *
 * @param number the node's number of it; ascending, not always by one
 * @param format of the payload, as its writer said
 * @param at when it was appended, by this machine's clock, in microseconds
 * @param payload its own copy
 */
record JournalBatch(long number, int format, int rows, Instant at, ByteBuffer payload) {}
