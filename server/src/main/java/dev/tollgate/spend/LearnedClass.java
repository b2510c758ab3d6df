package dev.tollgate.spend;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a factor of tokens a byte is learned of: a class of bytes, or several mixed. */
enum LearnedClass {
  WORDS(40, ByteClass.WORDS),
  MARKUP(51, ByteClass.MARKUP),
  DENSE(96, ByteClass.DENSE),
  LATIN(64, ByteClass.LATIN),
  GREEK(32, ByteClass.GREEK),
  CYRILLIC(29, ByteClass.CYRILLIC),
  HEBREW(35, ByteClass.HEBREW),
  ARABIC(29, ByteClass.ARABIC),
  INDIC(25, ByteClass.INDIC),
  HAN(47, ByteClass.HAN),
  HANGUL(38, ByteClass.HANGUL),
  SYMBOL(64, ByteClass.SYMBOL),
  ASTRAL(64, ByteClass.ASTRAL),
  ESCAPE(25, ByteClass.ESCAPE),
  /** Words, markup and Latin letters together: an agent's prompts are all of them. */
  LATIN_SCRIPT(45, null);

  /** How many classes there are. */
  static final int COUNT = ByteClass.COUNT + 1;

  private final int floor;
  private final @Nullable ByteClass only;

  LearnedClass(int floor, @Nullable ByteClass only) {
    this.floor = floor;
    this.only = only;
  }

  /**
   * The least factor that is ever learned, in parts of {@link Factors#UNIT}: what ordinary text of
   * the class needs in the leanest vocabulary that is published. No report lowers a bound further.
   */
  int floor() {
    return floor;
  }

  /** Where its factor stands: a class of bytes' own in that class' place, the mixed one's last. */
  int slot() {
    return only == null ? ByteClass.COUNT : only.slot();
  }

  long bytes(ByteCounts counts) {
    return only == null
        ? counts.of(ByteClass.WORDS) + counts.of(ByteClass.MARKUP) + counts.of(ByteClass.LATIN)
        : counts.of(only);
  }

  /** The name in the database and in metrics. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
