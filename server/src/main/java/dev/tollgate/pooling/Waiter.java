package dev.tollgate.pooling;

import java.util.concurrent.CompletableFuture;

/**
 * Who waits. The future decides who wins between a hand-over, a time-out and a cancellation: it is
 * completed once, and a hand-over that came second takes its resource to the next in line.
 *
 * @param number counts up over all keys
 * @param since the monotonic reading at which the wait began
 */
record Waiter<K, T>(
    Subpool<K, T> home, CompletableFuture<Lease<T>> future, long number, long since) {}
