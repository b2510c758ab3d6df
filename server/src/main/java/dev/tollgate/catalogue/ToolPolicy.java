package dev.tollgate.catalogue;

import dev.tollgate.spend.Money;
import org.jspecify.annotations.Nullable;

/**
 * What an organization, or the list of known servers, says of a tool. Null: nothing.
 *
 * @param freshness how long its answers are kept
 * @param shared whether its answers are the same for every credential
 * @param allowed whether it may be called
 * @param writes whether it changes something
 * @param price of a call; {@link Money#ZERO}: it is free, though the connector has a price
 */
public record ToolPolicy(
    @Nullable Freshness freshness,
    @Nullable Boolean shared,
    @Nullable Boolean allowed,
    @Nullable Boolean writes,
    @Nullable Money price) {

  public static final ToolPolicy NONE = new ToolPolicy(null, null, null, null, null);

  static ToolPolicy read(Freshness freshness) {
    return new ToolPolicy(freshness, null, null, false, null);
  }

  static ToolPolicy write() {
    return new ToolPolicy(Freshness.NEVER, null, null, true, null);
  }

  /** Nothing but a price. */
  public static ToolPolicy priced(@Nullable Money price) {
    return price == null ? NONE : new ToolPolicy(null, null, null, null, price);
  }

  /** What this says, and {@code other} where this says nothing. */
  public ToolPolicy or(ToolPolicy other) {
    return new ToolPolicy(
        freshness == null ? other.freshness : freshness,
        shared == null ? other.shared : shared,
        allowed == null ? other.allowed : allowed,
        writes == null ? other.writes : writes,
        price == null ? other.price : price);
  }
}
