package dev.tollgate.spend;

import java.util.List;

/**
 * The policy by which an emptying budget makes calls cheaper and then blocks them, as data.
 *
 * @param steps in the order in which they are tried; the first that applies decides
 */
public record Ladder(List<Step> steps) {

  /** No step at all, not even a block. */
  public static final Ladder OFF = new Ladder(List.of());

  public Ladder {
    steps = List.copyOf(steps);
  }

  /** One step; its name is what headers and the ledger tell. */
  public record Step(String name) {}
}
