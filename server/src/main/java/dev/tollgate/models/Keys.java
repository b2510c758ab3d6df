package dev.tollgate.models;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys that one owner has at one provider, and which of them serves a conversation: the one of
 * the highest random weight (Thaler and Ravishankar, 1998). So a conversation keeps its key, and
 * with it the provider's prompt cache, on every node; a key more or less moves only the
 * conversations that are its own.
 *
 * <p>Immutable; the keys change their state by themselves. To pick one allocates nothing.
 */
final class Keys {

  /** Which keys may be taken. */
  enum Wear {
    /** Those that are neither cooling down nor set aside. */
    NONE,
    /** All but those that the provider asked not to be called with for a while. */
    SOME,
    /** All. */
    ANY;

    boolean allows(Credential credential, long now) {
      return switch (this) {
        case NONE -> credential.fresh(now);
        case SOME -> !credential.asked(now);
        case ANY -> true;
      };
    }
  }

  private final Credential[] all;
  private final boolean severalAccounts;

  /**
   * @param credentials at least one
   */
  Keys(List<Credential> credentials) {
    this.all = credentials.toArray(Credential[]::new);
    this.severalAccounts = credentials.stream().map(Credential::account).distinct().count() > 1;
  }

  List<Credential> all() {
    return List.of(all);
  }

  /** Whether it matters which conversation a call belongs to. */
  boolean several() {
    return all.length > 1;
  }

  /** Whether what is bound to an account is bound to some of the keys. */
  boolean severalAccounts() {
    return severalAccounts;
  }

  /** The key that the conversation has when all are well. */
  Credential home(long conversation) {
    return Objects.requireNonNull(
        next(conversation, null, Long.MAX_VALUE, Wear.ANY, 0), "there is at least one");
  }

  /**
   * The key to send with, which has admitted the call: the first of the conversation's own order
   * that is not too worn and whose circuit is not open.
   *
   * @param account only keys of this one; null: all
   * @return null: there is none
   */
  @Nullable Credential pick(long conversation, @Nullable String account, Wear most, long now) {
    long below = Long.MAX_VALUE;
    for (int i = 0; i < all.length; i++) {
      Credential next = next(conversation, account, below, most, now);
      if (next == null || next.admits()) {
        return next;
      }
      below = weight(conversation, next);
    }
    return null;
  }

  /** Whether {@link #pick} would find a key that is neither cooling nor set aside nor open. */
  boolean spare(@Nullable String account, long now) {
    for (Credential credential : all) {
      if (of(account, credential) && credential.fresh(now) && !credential.open()) {
        return true;
      }
    }
    return false;
  }

  /** The nanoseconds until the first of the open keys lets a call through. */
  long openNanos(long now) {
    long least = Long.MAX_VALUE;
    for (Credential credential : all) {
      least = Math.min(least, credential.openNanos(now));
    }
    return least;
  }

  /** The key with this fingerprint; null: it is not here. */
  @Nullable Credential named(String fingerprint) {
    for (Credential credential : all) {
      if (credential.fingerprint().equals(fingerprint)) {
        return credential;
      }
    }
    return null;
  }

  private @Nullable Credential next(
      long conversation, @Nullable String account, long below, Wear most, long now) {
    Credential best = null;
    long heaviest = Long.MIN_VALUE;
    for (Credential candidate : all) {
      if (of(account, candidate) && most.allows(candidate, now)) {
        long weight = weight(conversation, candidate);
        if (weight < below && (best == null || weight > heaviest)) {
          heaviest = weight;
          best = candidate;
        }
      }
    }
    return best;
  }

  private static boolean of(@Nullable String account, Credential credential) {
    return account == null || account.equals(credential.account());
  }

  /** Keys of different seeds have different weights, since both steps are bijections. */
  private static long weight(long conversation, Credential credential) {
    return Mixing.mix(conversation ^ credential.seed());
  }
}
