package dev.tollgate.toolcache;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What this node knows of a scope; guarded by its own monitor. */
final class ScopeState {

  private final Scope scope;
  private @Nullable Lease lease;
  private @Nullable String lastId;
  private long revokedAt;
  private boolean revoked;
  private int writes;
  private String localId = UUID.randomUUID().toString();
  private @Nullable CompletableFuture<Lease> underWay;

  /**
   * What Redis said.
   *
   * @param sentAt the monotonic reading before the question went out
   */
  record Lease(long sentAt, String id, boolean marked) {}

  ScopeState(Scope scope) {
    this.scope = scope;
  }

  Scope scope() {
    return scope;
  }

  synchronized @Nullable Lease lease(long now, long leaseNanos) {
    Lease held = lease;
    return held != null && now - held.sentAt() <= leaseNanos ? held : null;
  }

  /** Begins a look unless one is under way: null where {@code mine} is to be completed. */
  synchronized @Nullable CompletableFuture<Lease> begin(CompletableFuture<Lease> mine) {
    CompletableFuture<Lease> other = underWay;
    if (other == null) {
      underWay = mine;
    }
    return other;
  }

  synchronized void done() {
    underWay = null;
  }

  /**
   * Takes over what Redis said.
   *
   * @return the id that it replaces; null where it is the same, or the first
   */
  synchronized @Nullable String seen(Lease look) {
    String before = lastId;
    lastId = look.id();
    lease = valid(look) ? look : null;
    return look.id().equals(before) ? null : before;
  }

  /** Whether no write began since the question went out, and none is under way. */
  synchronized boolean valid(Lease look) {
    return !look.marked() && !(revoked && look.sentAt() - revokedAt <= 0);
  }

  /** Nothing that was read before {@code now} holds. */
  synchronized void revoke(long now) {
    lease = null;
    revoked = true;
    revokedAt = now;
    localId = UUID.randomUUID().toString();
  }

  synchronized void writing(int more) {
    writes += more;
  }

  /** The id without Redis; null while this node writes. */
  synchronized @Nullable String localId() {
    return writes == 0 ? localId : null;
  }
}
