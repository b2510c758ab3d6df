package dev.tollgate.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What answers look like, and who gets one.
 *
 * @param chunks deltas of text in a stream; 0: one for about 24 bytes
 * @param answerBytes the size of the JSON answer; 0: as it comes
 * @param say what a text says; null: as it comes
 * @param models the models there are; null: every one
 * @param apiKey the key to insist on; null: none
 */
record Shape(
    int chunks,
    int answerBytes,
    int toolCalls,
    @Nullable String say,
    @Nullable List<String> models,
    @Nullable String apiKey) {

  private static final int BIGGEST_ANSWER = 64 << 20;

  static Shape of(Settings settings) {
    String models = unlessAny(settings.text(Key.MODELS));
    return new Shape(
        (int) settings.number(Key.CHUNKS, 0, 1, 100_000),
        (int) settings.number(Key.ANSWER_BYTES, 0, 1, BIGGEST_ANSWER),
        (int) settings.number(Key.TOOL_CALLS, 1, 1, 64),
        settings.text(Key.SAY),
        models == null ? null : List.of(models.split(",", -1)),
        unlessAny(settings.text(Key.API_KEY)));
  }

  boolean knows(String model) {
    return models == null || models.contains(model);
  }

  private static @Nullable String unlessAny(@Nullable String value) {
    return "any".equals(value) ? null : value;
  }
}
