package dev.tollgate.pooling;

import java.time.Duration;

/** The limits of a pool. */
public record PoolConfig(Bounds bounds, Times times) {

  public static final PoolConfig DEFAULT = new PoolConfig(Bounds.DEFAULT, Times.DEFAULT);

  /**
   * How many.
   *
   * @param min how many a key keeps while it is used
   * @param max how many a key may have at ordinary times
   * @param hardMax how many a key may have while its callers wait too long
   * @param groupMax how many the keys of a group may have together
   * @param totalMax how many all keys may have together
   * @param leasesPerResource how many callers may share one at a time; 1 for one alone
   * @param waiters how many may wait for a key; one more is refused at once
   */
  public record Bounds(
      int min,
      int max,
      int hardMax,
      int groupMax,
      int totalMax,
      int leasesPerResource,
      int waiters) {

    public static final Bounds DEFAULT = new Bounds(2, 5, 20, 100, 1_000, 1, 10_000);

    public Bounds {
      require(min >= 0 && min <= max, "min must be from 0 to max");
      require(max >= 1 && max <= hardMax, "max must be from 1 to hardMax");
      require(groupMax >= 1 && totalMax >= 1, "groupMax and totalMax must be at least 1");
      require(leasesPerResource >= 1, "leasesPerResource must be at least 1");
      require(waiters >= 1, "waiters must be at least 1");
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }
  }

  /**
   * How long.
   *
   * @param acquire how long a caller waits
   * @param create after which a resource that is being made counts as failed
   * @param drain after which a drained key closes what is still lent
   * @param waitTarget a key whose callers wait longer may grow
   * @param idle after which an unused resource is closed; below the minimum where its whole key is
   *     unused
   * @param lifetime after which a resource is closed as soon as nobody has it; up to a tenth less,
   *     so that those made together do not end together
   * @param sweep how often is looked for what is idle or old
   */
  public record Times(
      Duration acquire,
      Duration create,
      Duration drain,
      Duration waitTarget,
      Duration idle,
      Duration lifetime,
      Duration sweep) {

    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMillis(50),
            Duration.ofMinutes(15),
            Duration.ofHours(1),
            Duration.ofSeconds(60));
  }
}
