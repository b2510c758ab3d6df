package dev.tollgate.spend;

/**
 * What a byte of a request's text is a part of, as far as that tells how many tokens it becomes.
 *
 * <p>Bytes of UTF-8 sequences go by script. Those of ASCII go by the block of 64 bytes that they
 * stand in, since the same letter costs little in a word and much in a key.
 */
public enum ByteClass {
  /** ASCII letters that look like words, between spaces: prose. */
  WORDS(0),
  /** Words with punctuation or without spaces: code, JSON, tables. */
  MARKUP(1),
  /** All other ASCII: base64, hexadecimal, numbers, capitals, random letters. */
  DENSE(2),
  /** Letters with accents. */
  LATIN(3),
  GREEK(4),
  CYRILLIC(5),
  HEBREW(6),
  ARABIC(7),
  /** Devanagari to Tibetan, Thai among them: U+0800 to U+0FFF. */
  INDIC(8),
  /** Chinese characters, kana and their punctuation. */
  HAN(9),
  HANGUL(10),
  /** Punctuation, arrows, boxes, mathematics: U+2000 to U+2FFF. */
  SYMBOL(11),
  /** Beyond U+FFFF: emoji above all. */
  ASTRAL(12),
  /** Characters written as {@code \}{@code uXXXX}. */
  ESCAPE(13);

  /** How many classes there are. */
  public static final int COUNT = 14;

  private final int slot;

  ByteClass(int slot) {
    this.slot = slot;
  }

  /** Where its bytes stand among the counts: from 0 on, each its own. */
  public int slot() {
    return slot;
  }
}
