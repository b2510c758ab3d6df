/**
 * Measurements, side by side in one run: never timed tests, never an absolute promise.
 *
 * <p>{@code ProxyBench} holds the gateway against nginx as a reverse proxy, whole processes on real
 * sockets, CPU as the kernel accounts for it. {@code AnalyticsBench} times questions about usage
 * over ten million entries of the ledger.
 */
@NullMarked
package dev.tollgate.bench;

import org.jspecify.annotations.NullMarked;
