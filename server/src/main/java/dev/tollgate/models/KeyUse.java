package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.objects.Maker;
import dev.tollgate.spend.Outcome;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * With which key an attempt is sent, and what the key learns of how it ended: once, whichever way.
 * Lives on one event loop.
 */
final class KeyUse {

  private final Serving serving;
  private final Leg leg;

  private @Nullable Plan plan;
  private @Nullable Keys keys;
  private @Nullable Credential used;
  private boolean reported;

  KeyUse(Serving serving, Leg leg) {
    this.serving = serving;
    this.leg = leg;
  }

  /**
   * The key to send with. One that is worn is taken where there is no other; and one that the
   * provider asked to spare, where no other provider is left. What was made with a key is asked for
   * with that key alone.
   *
   * @return null: nothing is to be sent
   */
  @Nullable Credential pick(Plan plan, Keys keys) {
    this.plan = plan;
    this.keys = keys;
    Maker maker = serving.maker();
    if (maker != null) {
      Credential made = keys.named(maker.credential());
      used = made != null && made.admits() ? made : null;
      return used;
    }
    long now = now();
    long conversation = keys.several() ? serving.conversation() : 0;
    String account = account(plan, keys, conversation);
    used = keys.pick(conversation, account, Keys.Wear.NONE, now);
    if (used == null) {
      used = keys.pick(conversation, account, Keys.Wear.SOME, now);
    }
    if (used == null && !sparable(plan, keys, account, now)) {
      used = keys.pick(conversation, account, Keys.Wear.ANY, now);
    }
    return used;
  }

  /**
   * Whether a key can be spared: another provider is left, or a key that others are not bound to.
   */
  private boolean sparable(Plan plan, Keys keys, @Nullable String account, long now) {
    boolean other = account != null && keys.spare(null, now);
    return serving.hasUntried(next -> other || next.provider() != plan.choice().provider());
  }

  /** Why nothing is to be sent, and when to try again. */
  Failure why() {
    Plan planned = Objects.requireNonNull(plan, "picked before");
    Keys known = Objects.requireNonNull(keys, "picked before");
    long nanos = known.openNanos(now());
    return Failure.of(
            ErrorCode.UNAVAILABLE,
            "provider "
                + planned.choice().provider().name()
                + " fails, and is left alone for a while; try again")
        .with(Map.of("retry-after", Long.toString(1 + Math.max(0, nanos - 1) / 1_000_000_000)));
  }

  /** The account that alone takes what earlier turns hold; null: any does. */
  private @Nullable String account(Plan plan, Keys keys, long conversation) {
    boolean bound =
        keys.severalAccounts() && leg.envelope().shape().features().thinkingBlocks() && marks(plan);
    if (!bound) {
      return null;
    }
    String spilled = serving.loop().keys().spills().account(conversation);
    return spilled != null ? spilled : keys.home(conversation).account();
  }

  /** Whether answers of the model hold what only the account takes that made them. */
  private static boolean marks(Plan plan) {
    return plan.choice().entry().capabilities().reasoning().blocks().toAccount();
  }

  /** Whether another key could be tried. */
  boolean spare() {
    Plan planned = plan;
    Keys known = keys;
    return planned != null
        && known != null
        && known.several()
        && serving.maker() == null
        && known.spare(account(planned, known, serving.conversation()), now());
  }

  /** Whether the key was the organization's own; else the operator's, or there was none. */
  boolean own() {
    return used != null && used.own();
  }

  /** What the ledger calls the key; empty: none was used. */
  String fingerprint() {
    return used == null ? "" : used.fingerprint();
  }

  /**
   * The provider refused.
   *
   * @param askedNanos how long it asks to be left alone; 0: it does not say
   */
  void refused(int status, long askedNanos, long sentNanos) {
    if (used != null && plan != null && !reported) {
      reported = true;
      serving
          .loop()
          .keys()
          .refused(plan.choice().provider().name(), used, status, askedNanos, now() - sentNanos);
    }
  }

  /**
   * The attempt ended otherwise than by a refusal.
   *
   * @param begun whether an answer had begun
   */
  void ended(Outcome.Status status, boolean begun, long sentNanos) {
    if (used == null || reported) {
      return;
    }
    reported = true;
    if (status == Outcome.Status.ERROR && !serving.gone()) {
      used.failed(now() - sentNanos);
    } else if (begun) {
      used.answered(now() - sentNanos, true);
      remember(used);
    } else {
      used.unsaid();
    }
  }

  private void remember(Credential by) {
    if (plan != null && keys != null && keys.severalAccounts() && marks(plan)) {
      long conversation = serving.conversation();
      if (!keys.home(conversation).account().equals(by.account())) {
        serving.loop().keys().spills().spilled(conversation, by.account());
      }
    }
  }

  private long now() {
    return serving.loop().clock().nanoTime();
  }
}
