package dev.tollgate.spend;

/**
 * This node's lease of the window that is open, as PostgreSQL has it.
 *
 * @param granted in nano-dollars, as is {@code spent}
 * @param request the number of the last request that moved {@code granted}
 */
record Opened(long lease, long granted, long spent, long request, Reading reading) {}
