package dev.tollgate.egress;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves names on threads of its own: the system's resolver cannot be interrupted, and would hold
 * the carrier of a virtual thread for as long as it waits.
 */
final class LookUps implements AutoCloseable {

  private static final int THREADS = 32;
  private static final int WAITING = 256;

  private final Resolver resolver;
  private final Duration patience;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          30,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().daemon().name("egress-resolve-", 0).factory());

  LookUps(Resolver resolver, Duration patience) {
    this.resolver = resolver;
    this.patience = patience;
    threads.allowCoreThreadTimeOut(true);
  }

  /** The addresses of {@code host}, at least one; fails within the patience. */
  CompletableFuture<List<InetAddress>> find(String host) {
    CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
    try {
      threads.execute(() -> resolve(host, found));
    } catch (RejectedExecutionException full) {
      return CompletableFuture.failedFuture(
          Failure.of(
              ErrorCode.OVERLOADED, "too many names are being resolved; try again shortly", full));
    }
    return found
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(thrown ->
            CompletableFuture.failedFuture(
                thrown instanceof TimeoutException
                    ? Failure.of(
                        ErrorCode.UPSTREAM_TIMEOUT,
                        "the name " + host + " was not resolved in time")
                    : thrown));
  }

  private void resolve(String host, CompletableFuture<List<InetAddress>> found) {
    if (found.isDone()) {
      return;
    }
    try {
      List<InetAddress> addresses = List.of(resolver.resolve(host));
      if (addresses.isEmpty()) {
        throw new UnknownHostException(host);
      }
      found.complete(addresses);
    } catch (UnknownHostException unknown) {
      found.completeExceptionally(
          Failure.of(
              ErrorCode.UPSTREAM_UNREACHABLE, "the name " + host + " does not resolve", unknown));
    } catch (RuntimeException | Error bug) {
      found.completeExceptionally(bug);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
