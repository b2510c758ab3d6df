package dev.tollgate.simulator;

/** How long an answer takes, in microseconds; delays below a millisecond are added up. */
record Timing(long firstByte, long between, long perToken) {

  static final Timing NONE = new Timing(0, 0, 0);

  static Timing of(Settings settings) {
    return new Timing(
        settings.micros(Key.FIRST_BYTE),
        settings.micros(Key.BETWEEN),
        settings.micros(Key.PER_TOKEN));
  }

  /** Between two of {@code events} that carry {@code tokens}. */
  long step(long tokens, int events) {
    return between + (events == 0 ? 0 : perToken * tokens / events);
  }

  /** Before an answer of {@code tokens} that comes at once. */
  long whole(long tokens) {
    return firstByte + perToken * tokens;
  }
}
