package dev.tollgate.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews tokens, each once over all nodes.
 *
 * <p>Within a process one thread works for a credential and the others wait for its result. Between
 * nodes the row decides: whoever claims its revision asks the authorization server, the others read
 * the row again until it changed. A claim ends by itself, so that a node that died holds nothing
 * up. A result is stored only in place of the revision that was claimed; whoever comes too late
 * reads, and never deletes.
 */
final class Refresher {

  private static final Logger log = LoggerFactory.getLogger(Refresher.class);

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
  private static final int MOST_FAILURES = 10_000;

  private final CredentialTable table;
  private final TokenEndpoint tokens;
  private final Consumer<Snapshot> changed;
  private final MeterRegistry meters;
  private final Clock clock;
  private final ConcurrentMap<UUID, CompletableFuture<@Nullable Snapshot>> running =
      new ConcurrentHashMap<>();
  private final Cache<UUID, Failed> failures =
      Caffeine.newBuilder()
          .maximumSize(MOST_FAILURES)
          .expireAfterWrite(LONGEST_BACKOFF.multipliedBy(2))
          .build();

  private record Failed(Failure failure, int times, long untilNanos) {}

  /**
   * @param changed told of each credential that another revision took the place of
   */
  Refresher(
      CredentialTable table,
      TokenEndpoint tokens,
      Consumer<Snapshot> changed,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.tokens = tokens;
    this.changed = changed;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * What takes the place of {@code seen}: renewed here or elsewhere, or in need of a person; null
   * when it was deleted.
   *
   * @param scope to ask for, where the client's own credentials are used
   * @throws Failure when the authorization server cannot be reached or makes no sense
   */
  @Nullable Snapshot renew(Snapshot seen, String scope) {
    CompletableFuture<@Nullable Snapshot> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Snapshot> other = running.putIfAbsent(seen.id(), mine);
    if (other != null) {
      return await(other);
    }
    try {
      Snapshot result = lead(seen, scope);
      mine.complete(result);
      return result;
    } catch (RuntimeException | Error failed) {
      mine.completeExceptionally(failed);
      throw failed;
    } finally {
      running.remove(seen.id(), mine);
    }
  }

  private static @Nullable Snapshot await(CompletableFuture<@Nullable Snapshot> other) {
    try {
      return other.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new IllegalStateException("renewing a credential", failed.getCause());
    } catch (TimeoutException late) {
      throw tooLate(late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw tooLate(interrupted);
    }
  }

  private static Failure tooLate(Exception cause) {
    return Failure.of(ErrorCode.UPSTREAM_TIMEOUT, "the credential was not renewed in time", cause);
  }

  private @Nullable Snapshot lead(Snapshot seen, String scope) {
    long end = clock.nanoTime() + PATIENCE.toNanos();
    for (boolean first = true; ; first = false) {
      Snapshot now = table.get(seen.organization(), seen.id());
      if (now == null || now.revision() != seen.revision() || !now.renewable()) {
        count("adopted");
        return now;
      }
      if (first) {
        backOff(seen);
      }
      if (table.claim(now)) {
        return claimed(now, scope);
      }
      if (clock.nanoTime() - end > 0) {
        throw Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT, "another node did not renew the credential in time");
      }
      pause(LOOK_AGAIN.toMillis());
    }
  }

  /** After a failure the server is left alone for a while, longer each time. */
  private void backOff(Snapshot seen) {
    Failed last = failures.getIfPresent(seen.id());
    if (last != null && clock.nanoTime() - last.untilNanos() < 0) {
      throw Failure.of(last.failure().code(), message(last.failure()), last.failure());
    }
  }

  private @Nullable Snapshot claimed(Snapshot seen, String scope) {
    TokenAnswer answer;
    try {
      answer = ask(seen, scope);
    } catch (RuntimeException failed) {
      table.release(seen);
      if (failed instanceof Failure failure) {
        failed(seen, failure);
      }
      throw failed;
    }
    return switch (answer) {
      case TokenAnswer.Issued issued -> issued(seen, issued, scope);
      case TokenAnswer.Denied denied when denied.terminal() && person(seen) ->
          needsPerson(seen, "the authorization server took the grant back (invalid_grant)");
      case TokenAnswer.Denied denied -> denied(seen, denied);
    };
  }

  private static boolean person(Snapshot seen) {
    return seen.kind() == Snapshot.Kind.AUTHORIZATION_CODE;
  }

  private @Nullable Snapshot issued(Snapshot seen, TokenAnswer.Issued issued, String asked) {
    failures.invalidate(seen.id());
    Grant.Renewal old = renewal(seen);
    String kept = issued.refreshToken() != null ? issued.refreshToken() : old.refreshToken();
    Grant grant =
        Grant.bearer(
            issued.accessToken(), new Grant.Renewal(old.tokenEndpoint(), old.client(), kept));
    String granted = issued.scope() != null ? issued.scope() : asked;
    boolean other =
        !Scopes.contains(granted, seen.scope()) || !Scopes.contains(seen.scope(), granted);
    boolean stored = table.refreshed(seen, grant, granted, issued.expiresAt(), other);
    count(stored ? "ok" : "adopted");
    changed.accept(seen);
    return table.get(seen.organization(), seen.id());
  }

  /** Marks it, unless another revision took its place meanwhile. */
  @Nullable Snapshot needsPerson(Snapshot seen, String problem) {
    if (table.needsReauthorization(seen, problem)) {
      count("needs_reauthorization");
      log.atWarn()
          .addKeyValue("organization", seen.organization())
          .addKeyValue("connector", seen.place().connector())
          .addKeyValue("credential", seen.id())
          .log("a credential needs reauthorization: {}", problem);
    }
    changed.accept(seen);
    return table.get(seen.organization(), seen.id());
  }

  private Snapshot denied(Snapshot seen, TokenAnswer.Denied denied) {
    table.release(seen);
    Failure failure =
        Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "the authorization server refused to renew the token: " + Texts.safe(denied.error()));
    failed(seen, failure);
    throw failure;
  }

  private void failed(Snapshot seen, Failure failure) {
    count("error");
    Failed last = failures.getIfPresent(seen.id());
    int times = last == null ? 1 : Math.min(last.times() + 1, 16);
    Duration pause = Duration.ofMillis(500L << Math.min(times, 10));
    Duration bounded = pause.compareTo(LONGEST_BACKOFF) < 0 ? pause : LONGEST_BACKOFF;
    failures.put(seen.id(), new Failed(failure, times, clock.nanoTime() + bounded.toNanos()));
    log.warn("renewing credential {} failed: {}", seen.id(), failure.getMessage());
  }

  /**
   * Asks the server. Where no connection stood, nothing was used up, and it is asked again a few
   * times; where the answer was lost, the same refresh token is tried once more.
   */
  private TokenAnswer ask(Snapshot seen, String scope) {
    boolean lost = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return request(seen, scope);
      } catch (Failure failure) {
        boolean unreached = failure.code() == ErrorCode.UPSTREAM_UNREACHABLE;
        boolean unanswered = failure.code() == ErrorCode.UPSTREAM_TIMEOUT || broken(failure);
        if (attempt == ATTEMPTS || !(unreached || (unanswered && !lost))) {
          throw failure;
        }
        lost |= unanswered;
        pause(FIRST_PAUSE_MILLIS << (attempt - 1));
      }
    }
  }

  private static boolean broken(Failure failure) {
    return failure.code() == ErrorCode.UPSTREAM_INVALID;
  }

  private TokenAnswer request(Snapshot seen, String scope) {
    Grant.Renewal renewal = renewal(seen);
    URI endpoint = URI.create(renewal.tokenEndpoint());
    URI resource = Objects.requireNonNull(seen.resource(), "of an OAuth credential");
    String refreshToken = renewal.refreshToken();
    return person(seen) && refreshToken != null
        ? tokens.refresh(endpoint, renewal.client(), resource, refreshToken)
        : tokens.own(endpoint, renewal.client(), resource, scope);
  }

  private static Grant.Renewal renewal(Snapshot seen) {
    return Objects.requireNonNull(seen.grant().renewal(), "renewable");
  }

  private static String message(Failure failure) {
    return failure.getMessage() == null ? failure.code().wire() : failure.getMessage();
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw tooLate(interrupted);
    }
  }

  private void count(String outcome) {
    meters.counter("credentials_refreshes", "outcome", outcome).increment();
  }
}
