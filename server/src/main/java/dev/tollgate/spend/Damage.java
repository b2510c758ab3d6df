package dev.tollgate.spend;

/**
 * A place of the journal that cannot be read. Batches beyond {@code after} and up to {@code upTo}
 * may have been there.
 *
 * @param bytes how many cannot be read; 0: the bytes themselves are missing
 */
record Damage(long after, long upTo, long bytes) {}
