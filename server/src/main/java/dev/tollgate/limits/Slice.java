package dev.tollgate.limits;

/** A leased part of a window. Not thread-safe. */
final class Slice {

  /** The grain of the others' time that it is counted in. */
  final long grain;

  /** The monotonic reading from which on it must not be used. */
  final long goodUntil;

  long units;

  Slice(long grain, long goodUntil, long units) {
    this.grain = grain;
    this.goodUntil = goodUntil;
    this.units = units;
  }
}
