package dev.tollgate.models;

import dev.tollgate.kernel.Secret;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One key of a provider, and how it fares on this node: whether it cools down after a 429, is set
 * aside after a 401 or 403, or has its circuit open. Thread-safe; to ask allocates nothing.
 *
 * <pre>
 * cooling     others go before it        429; as long as the provider says, else 1 s, 2 s, … 60 s
 * set aside   others go before it        401, 403; five minutes, or until a call succeeds
 * open        nothing is sent with it    connections, 408, 5xx, silence, cut answers; by Breakers
 * </pre>
 *
 * <p>A key that is cooling or set aside is still used where there is no other: then the provider
 * itself says how it is. Only where it asked to be left alone, other providers go before it, too.
 */
final class Credential {

  private static final Duration FIRST_COOL_DOWN = Duration.ofSeconds(1);
  private static final Duration LONGEST_COOL_DOWN = Duration.ofSeconds(60);
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
  private static final Duration ASIDE = Duration.ofMinutes(5);
  private static final int FINGERPRINT = 12;

  /** A monotonic reading that is none. */
  private static final long NONE = Long.MIN_VALUE;

  /** What a breaker is told; nobody reads it. */
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    Fault() {
      super("a provider's fault", null, false, false);
    }
  }

  private final Secret key;
  private final String fingerprint;
  private final String account;
  private final boolean labelled;
  private final boolean own;
  private final long seed;
  private final CircuitBreaker breaker;

  private volatile long coolUntil = NONE;
  private volatile long askedUntil = NONE;
  private volatile long asideUntil = NONE;
  private volatile long openUntil = NONE;
  private volatile int streak;

  /**
   * @param account keys with the same label belong to one account; null: to one of its own
   * @param own whether it is an organization's own; else the operator's, which organizations share
   */
  Credential(Secret key, @Nullable String account, boolean own, CircuitBreaker breaker) {
    String hash = hash(key);
    this.key = key;
    this.fingerprint = hash.substring(0, FINGERPRINT);
    this.seed = Long.parseUnsignedLong(hash, FINGERPRINT, FINGERPRINT + 16, 16);
    this.own = own;
    this.labelled = account != null;
    this.account = account == null ? fingerprint : account;
    this.breaker = breaker;
  }

  private static String hash(Secret key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(key.reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  Secret key() {
    return key;
  }

  /** Twelve hexadecimal digits of its SHA-256: what the ledger keeps. */
  String fingerprint() {
    return fingerprint;
  }

  /** What tells its account from others. */
  String account() {
    return account;
  }

  /** The account's label; null: none was given. */
  @Nullable String label() {
    return labelled ? account : null;
  }

  /** Whether it is an organization's own; else the operator's, which organizations share. */
  boolean own() {
    return own;
  }

  /** What its weight for a conversation follows from; differs from key to key. */
  long seed() {
    return seed;
  }

  /** Whether nothing but an open circuit speaks against it. */
  boolean fresh(long now) {
    return !cooling(now) && !aside(now);
  }

  boolean cooling(long now) {
    return lasts(coolUntil, now);
  }

  /** Whether the provider itself asked to be left alone. */
  boolean asked(long now) {
    return lasts(askedUntil, now);
  }

  boolean aside(long now) {
    return lasts(asideUntil, now);
  }

  private static boolean lasts(long until, long now) {
    return until != NONE && now - until < 0;
  }

  boolean open() {
    return breaker.getState() == State.OPEN;
  }

  State state() {
    return breaker.getState();
  }

  /**
   * Whether a call may be sent with it. After {@code true} one of {@link #answered}, {@link
   * #failed}, {@link #limited}, {@link #rejected} and {@link #unsaid} must follow.
   */
  boolean admits() {
    return breaker.tryAcquirePermission();
  }

  /** When a call may be sent again, in nanoseconds from now; 0: at once. */
  long openNanos(long now) {
    long until = openUntil;
    return lasts(until, now) && open() ? until - now : 0;
  }

  /** Its circuit has just been opened, until then. */
  void opened(long until) {
    openUntil = until;
  }

  /** The provider answered, be it that the caller's request is wrong. */
  void answered(long nanos, boolean accepted) {
    if (accepted && (streak != 0 || asideUntil != NONE)) {
      streak = 0;
      asideUntil = NONE;
    }
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  /** The provider was away, silent, broke off, or said that it is its own fault. */
  void failed(long nanos) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, new Fault());
  }

  /** Nothing was learned: the caller went away first. */
  void unsaid() {
    breaker.releasePermission();
  }

  /**
   * The provider has had enough of it for a while.
   *
   * @param askedNanos how long it asks to be left alone; 0: it does not say
   */
  synchronized void limited(long askedNanos, long now) {
    breaker.releasePermission();
    if (!cooling(now)) {
      streak = Math.min(streak + 1, 16);
    }
    long nanos =
        askedNanos > 0
            ? Math.min(askedNanos, LONGEST_ASKED.toNanos())
            : Math.min(FIRST_COOL_DOWN.toNanos() << (streak - 1), LONGEST_COOL_DOWN.toNanos());
    if (!cooling(now) || coolUntil - now < nanos) {
      coolUntil = now + nanos;
    }
    if (askedNanos > 0 && (!asked(now) || askedUntil - now < nanos)) {
      askedUntil = now + nanos;
    }
  }

  /**
   * The provider does not take it.
   *
   * @return whether that is news
   */
  synchronized boolean rejected(long now) {
    breaker.releasePermission();
    boolean news = !aside(now);
    asideUntil = now + ASIDE.toNanos();
    return news;
  }

  @Override
  public String toString() {
    return "Credential[" + fingerprint + "]";
  }
}
