package dev.tollgate.pooling;

/**
 * How a key or a pool stands.
 *
 * @param active resources that somebody has
 * @param idle resources that nobody has
 * @param creating resources that are being made
 * @param waiting callers in line
 * @param limit how many resources there may be now
 */
public record Census(int active, int idle, int creating, int waiting, int limit) {

  static final Census NONE = new Census(0, 0, 0, 0, 0);

  Census plus(Census other) {
    return new Census(
        active + other.active,
        idle + other.idle,
        creating + other.creating,
        waiting + other.waiting,
        limit + other.limit);
  }
}
