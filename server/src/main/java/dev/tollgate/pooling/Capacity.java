package dev.tollgate.pooling;

import java.util.HashMap;
import java.util.Map;

/** How many resources there are in each group and in all; guarded by the pool's lock. */
final class Capacity {

  private final int groupMax;
  private final int totalMax;
  private final Map<Object, Integer> groups = new HashMap<>();
  private int total;

  Capacity(int groupMax, int totalMax) {
    this.groupMax = groupMax;
    this.totalMax = totalMax;
  }

  boolean take(Object group) {
    if (total >= totalMax || groupFull(group)) {
      return false;
    }
    total++;
    groups.merge(group, 1, Integer::sum);
    return true;
  }

  void release(Object group) {
    total--;
    groups.computeIfPresent(group, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Whether nothing but the end of one of its own gives {@code group} a place. */
  boolean groupFull(Object group) {
    return groups.getOrDefault(group, 0) >= groupMax;
  }
}
