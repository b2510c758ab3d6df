package dev.tollgate.kernel;

/** A value that never shows itself: printed, logged or concatenated it is {@code ***}. */
public record Secret(String reveal) {

  @Override
  public String toString() {
    return "***";
  }
}
