package dev.tollgate.classification;

import dev.tollgate.classification.Verdict.Reason;
import java.text.Normalizer;
import java.util.BitSet;

/**
 * Tells what kind of work a prompt asks for: an image decides, then the lexicon's weights and the
 * shape's are added up by category, and the lead of the best over the others becomes a confidence.
 */
public final class Classifier {

  /** Of what a text brings along, against what it asks. */
  private static final float MATERIAL = 0.15f;

  /** Of a short system prompt without tools: it may be the whole task. */
  private static final float SYSTEM = 0.4f;

  private static final int SHORT_SYSTEM = 600;

  /** From {@link Reason#IMAGES}' share of right labels in both sets of prompts: all of them. */
  private static final double IMAGE_CONFIDENCE = 0.98;

  private static final int TRIVIAL_LENGTH = 160;
  private static final int TRIVIAL_TURNS = 2;
  private static final double TRIVIAL_CONFIDENCE = 0.8;

  private final Lexicon lexicon;

  private Classifier(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  /** The classifier by the lexicon that the gateway comes with. */
  public static Classifier standard() {
    return new Classifier(Lexicon.standard());
  }

  static Classifier by(Lexicon lexicon) {
    return new Classifier(lexicon);
  }

  /** What {@code prompt} is taken for; always some category. */
  public Verdict classify(Prompt prompt) {
    if (prompt.images() > 0) {
      return new Verdict(Category.VISUAL, IMAGE_CONFIDENCE, Reason.IMAGES);
    }
    Features features = features(prompt, new BitSet(lexicon.size()));
    return Confidence.verdict(
        lexicon.scores(features.values()), features.terms() > 0 ? Reason.LEXICON : Reason.SHAPE);
  }

  /**
   * Whether the cheapest model will do whatever was asked for: a short request that is plainly
   * {@link Category#QUICK}, with nothing beside it: no tools, images, documents, code or pasted
   * text, no long system prompt, hardly a turn before it.
   */
  public boolean trivial(Prompt prompt) {
    if (prompt.tools() > 0
        || prompt.images() + prompt.documents() + prompt.earlier() > 0
        || prompt.turns() > TRIVIAL_TURNS
        || prompt.systemLength() > SHORT_SYSTEM
        || prompt.text().isBlank()
        || prompt.length() > TRIVIAL_LENGTH) {
      return false;
    }
    Ask ask = Ask.of(prompt.text());
    Verdict verdict = classify(prompt);
    return !ask.code()
        && ask.materialLength() == 0
        && verdict.category() == Category.QUICK
        && verdict.confidence() >= TRIVIAL_CONFIDENCE;
  }

  /**
   * What is found in {@code prompt}.
   *
   * @param seen numbers of terms that do not count; those that did are added
   */
  Features features(Prompt prompt, BitSet seen) {
    Ask ask = Ask.of(prompt.text());
    String words = plain(ask.words());
    Features features = lexicon.features(seen);
    lexicon.find(words, 1, features);
    if (!ask.material().isEmpty()) {
      lexicon.find(plain(ask.material()), MATERIAL, features);
    }
    if (prompt.tools() == 0 && prompt.systemLength() > 0 && prompt.systemLength() <= SHORT_SYSTEM) {
      lexicon.find(plain(prompt.system()), SYSTEM, features);
    }
    Shape.measure(prompt, ask, words, features);
    return features;
  }

  /** In small letters, composed, with one space for any white space. */
  static String plain(String text) {
    String composed =
        Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    char[] plain = new char[composed.length()];
    int length = 0;
    for (int i = 0; i < composed.length(); i++) {
      char c = composed.charAt(i);
      if (Character.isWhitespace(c)) {
        if (length > 0 && plain[length - 1] != ' ') {
          plain[length++] = ' ';
        }
      } else {
        plain[length++] = c == '\u2019' ? '\'' : Character.toLowerCase(c);
      }
    }
    return new String(plain, 0, length).stripTrailing();
  }
}
