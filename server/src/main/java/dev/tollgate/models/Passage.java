package dev.tollgate.models;

import dev.tollgate.limits.Entry;
import dev.tollgate.limits.Permit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a call holds of its caller's limits: from its admission until nothing more of it goes out
 * and its last attempt has ended, whichever comes last. Lives on one event loop.
 */
final class Passage {

  private final BooleanSupplier underWay;
  private Entry.@Nullable Admitted entry;
  private boolean over;
  private boolean known = true;
  private long used;

  /**
   * @param underWay whether an attempt of the call has not ended, or a question about its prompt
   */
  Passage(BooleanSupplier underWay) {
    this.underWay = underWay;
  }

  void entered(Entry.Admitted admitted) {
    entry = admitted;
    leave();
  }

  /**
   * An attempt has ended, or the question what kind of work its prompt asks for.
   *
   * @param tokens that it used; negative: nobody knows
   */
  void used(long tokens) {
    known &= tokens >= 0;
    used += Math.max(0, tokens);
    leave();
  }

  /** Nothing more of the call goes out. */
  void over() {
    over = true;
    leave();
  }

  private void leave() {
    if (entry == null || !over || underWay.getAsBoolean()) {
      return;
    }
    Permit permit = entry.permit();
    if (known) {
      permit.close(used);
    } else {
      permit.close();
    }
  }

  /**
   * Whether the caller is told what the provider says of its limits.
   *
   * @param own whether the answer came by the organization's own key
   */
  boolean passesRates(boolean own) {
    return RateHeaders.passes(entry == null ? null : entry.readings(), own);
  }

  /** Tells the caller how its limits stand. */
  void tell(Dialect dialect, BiConsumer<String, String> header) {
    if (entry != null) {
      RateHeaders.of(dialect, entry.readings(), header);
    }
  }
}
