package dev.tollgate.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * What an organization, or the list of known servers, says of a tool. Null: nothing.
 *
 * @param freshness how long its answers are kept
 * @param shared whether its answers are the same for every credential
 * @param allowed whether it may be called
 * @param writes whether it changes something
 */
public record ToolPolicy(
    @Nullable Freshness freshness,
    @Nullable Boolean shared,
    @Nullable Boolean allowed,
    @Nullable Boolean writes) {

  public static final ToolPolicy NONE = new ToolPolicy(null, null, null, null);

  static ToolPolicy read(Freshness freshness) {
    return new ToolPolicy(freshness, null, null, false);
  }

  static ToolPolicy write() {
    return new ToolPolicy(Freshness.NEVER, null, null, true);
  }

  /** What this says, and {@code other} where this says nothing. */
  public ToolPolicy or(ToolPolicy other) {
    return new ToolPolicy(
        freshness == null ? other.freshness : freshness,
        shared == null ? other.shared : shared,
        allowed == null ? other.allowed : allowed,
        writes == null ? other.writes : writes);
  }
}
