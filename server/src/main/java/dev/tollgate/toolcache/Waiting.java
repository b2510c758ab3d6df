package dev.tollgate.toolcache;

import java.util.concurrent.CompletableFuture;

/**
 * A caller that waits for an answer; its future ends at its deadline, or when it cancels.
 *
 * @param number from 1, of this process
 */
record Waiting(long number, ReadCall call, CompletableFuture<Cached> future) {}
