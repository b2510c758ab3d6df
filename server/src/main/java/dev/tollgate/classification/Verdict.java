package dev.tollgate.classification;

import java.util.Locale;

/**
 * What a prompt was taken for.
 *
 * @param confidence how often, of a hundred prompts told apart with as much, the category is right:
 *     between 0 and 1, in hundredths
 * @param reason what it rests on; never a word of the prompt
 */
public record Verdict(Category category, double confidence, Reason reason) {

  /** What a verdict rests on. */
  public enum Reason {
    /** An image is in the last turn. */
    IMAGES,
    /** Words of the lexicon. */
    LEXICON,
    /** Length, code, questions, tools: no word of the lexicon was there. */
    SHAPE,
    /** A cheap model decided, for this call or for an equal one before. */
    MODEL;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name in headers and in the ledger. */
    public String wire() {
      return wire;
    }
  }

  public Verdict {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException("a confidence is between 0 and 1, not " + confidence);
    }
    confidence = Math.round(confidence * 100) / 100.0;
  }
}
