package dev.tollgate.simulator;

/** A request that cannot be answered as asked; written in the caller's dialect. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static Refusal invalid(String message) {
    return new Refusal(400, message);
  }

  static Refusal of(int status, String message) {
    return new Refusal(status, message);
  }

  int status() {
    return status;
  }

  /** The message, which is always there. */
  String text() {
    return String.valueOf(getMessage());
  }
}
