package dev.tollgate.simulator;

import java.util.Map;

/**
 * How requests are answered: the vocabulary, read and checked.
 *
 * @param settings what was said, for showing it and for saying more on top
 */
record Behaviour(Settings settings, Faults faults, Timing timing, Tokens tokens, Shape shape) {

  static final Behaviour DEFAULT = of(Settings.NONE);

  static Behaviour of(Settings settings) {
    return new Behaviour(
        settings,
        Faults.of(settings),
        Timing.of(settings),
        Tokens.of(settings),
        Shape.of(settings));
  }

  static Behaviour of(Map<String, String> words) {
    return of(Settings.of(words));
  }

  Behaviour with(Settings more) {
    return of(settings.with(more));
  }

  /** Whether equal requests get equal answers at once, so that an answer can be kept ready. */
  boolean steady() {
    return faults.equals(Faults.NONE)
        && timing.equals(Timing.NONE)
        && tokens.steady()
        && shape.apiKey() == null;
  }
}
