package dev.tollgate.models;

import dev.tollgate.spend.ByteClass;
import dev.tollgate.spend.ByteCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the bytes of a request's text into classes, without a tokenizer: sequences of UTF-8 by
 * script, ASCII by what the block of 64 bytes around it is made of.
 *
 * <p>One table lookup and one addition a byte of ASCII: the table adds up seven counts of seven
 * bits in one long.
 */
final class TextBlocks {

  /** The members that a model reads. */
  private static final Set<String> READ =
      Set.of("messages", "system", "instructions", "tools", "functions", "input");

  private static final int BLOCK = 64;
  private static final int BITS = 7;
  private static final int MASK = (1 << BITS) - 1;

  /** Where each count stands: letters that words are full of, other small letters, capitals. */
  private static final int COMMON = 0;

  private static final int UNCOMMON = BITS;
  private static final int CAPITAL = 2 * BITS;
  private static final int DIGIT = 3 * BITS;
  private static final int SPACE = 4 * BITS;
  private static final int BACKSLASH = 5 * BITS;
  private static final int BEYOND = 6 * BITS;

  /** The length of {@code \}{@code uXXXX}. */
  private static final int ESCAPED = 6;

  private static final long[] TABLE = table();

  private final byte[] body;
  private final int[] found = new int[ByteClass.COUNT];
  private final long[] counts = new long[ByteClass.COUNT];

  private TextBlocks(byte[] body) {
    this.body = body;
  }

  /**
   * Counts the text that a model reads.
   *
   * @param members of the body's top-level object
   * @param embedded strings within them that are no text
   */
  static ByteCounts count(byte[] body, List<Span> members, List<Span> embedded) {
    TextBlocks blocks = new TextBlocks(body);
    List<Span> data = new ArrayList<>(embedded);
    data.sort(Comparator.comparingInt(Span::start));
    for (Span member : members) {
      if (READ.contains(member.name())) {
        int at = member.start();
        for (Span string : data) {
          if (string.start() >= at && string.end() <= member.end()) {
            blocks.text(at, string.start());
            at = string.end();
          }
        }
        blocks.text(at, member.end());
      }
    }
    return ByteCounts.of(blocks.counts);
  }

  private static long[] table() {
    long[] table = new long[256];
    for (int b = 0; b < 256; b++) {
      table[b] = b > 127 ? 1L << BEYOND : 0;
    }
    for (int b = 'a'; b <= 'z'; b++) {
      table[b] = 1L << ("etaoinsrhldcu".indexOf(b) >= 0 ? COMMON : UNCOMMON);
      table[b - 'a' + 'A'] = 1L << CAPITAL;
    }
    for (int b = '0'; b <= '9'; b++) {
      table[b] = 1L << DIGIT;
    }
    for (int b : new int[] {' ', '\n', '\r', '\t'}) {
      table[b] = 1L << SPACE;
    }
    table['\\'] = 1L << BACKSLASH;
    return table;
  }

  /** Counts the bytes of [from, to). */
  private void text(int from, int to) {
    for (int at = from; at < to; at += BLOCK) {
      int end = Math.min(to, at + BLOCK);
      long made = 0;
      for (int i = at; i < end; i++) {
        made += TABLE[body[i] & 0xff];
      }
      block(at, end, made);
    }
  }

  private void block(int from, int to, long made) {
    int beyond = count(made, BEYOND);
    int ascii = to - from - beyond;
    ByteClass script = beyond == 0 ? null : scripts(from, to);
    if (count(made, BACKSLASH) >= 4 && 2 * ESCAPED * escapes(from, to) >= to - from) {
      add(ByteClass.ESCAPE, ascii);
    } else if (2 * beyond >= to - from) {
      if (script != null) {
        int spaces = count(made, SPACE);
        add(script, spaces);
        add(ByteClass.DENSE, ascii - spaces);
      }
    } else {
      add(ascii(ascii, made), ascii);
    }
  }

  /** What {@code bytes} of ASCII in a block are. */
  private static ByteClass ascii(int bytes, long made) {
    int common = count(made, COMMON);
    int small = common + count(made, UNCOMMON);
    int letters = small + count(made, CAPITAL);
    int digits = count(made, DIGIT);
    // A backslash begins an escape: two bytes that are one character, of white space as a rule.
    int spaces = count(made, SPACE) + count(made, BACKSLASH);
    int inked = bytes - spaces;
    if (2 * spaces >= bytes) {
      return ByteClass.MARKUP;
    }
    boolean words =
        2 * letters >= inked
            && 5 * common >= 3 * small
            && 4 * (letters - small) <= letters
            && 5 * digits <= inked;
    if (!words) {
      return ByteClass.DENSE;
    }
    int marks = inked - letters - digits;
    return 10 * spaces >= bytes && 10 * marks <= bytes ? ByteClass.WORDS : ByteClass.MARKUP;
  }

  /** Counts the sequences that begin in a block; which script has most of it; null: none. */
  private @Nullable ByteClass scripts(int from, int to) {
    ByteClass foremost = null;
    Arrays.fill(found, 0);
    int length;
    for (int i = from; i < to; i += length) {
      int lead = body[i] & 0xff;
      length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      ByteClass script =
          lead < 0xC0 ? null : script(lead, i + 1 < body.length ? body[i + 1] & 0xff : 0);
      if (script != null) {
        add(script, length);
        found[script.slot()] += length;
        if (foremost == null || found[script.slot()] > found[foremost.slot()]) {
          foremost = script;
        }
      }
    }
    return foremost;
  }

  /** By the first two bytes of a sequence; null: rare, a token a byte. */
  private static @Nullable ByteClass script(int lead, int second) {
    if (lead < 0xE0) {
      return twoBytes(lead, second);
    }
    if (lead >= 0xF0) {
      return ByteClass.ASTRAL;
    }
    return switch (lead) {
      case 0xE0 -> ByteClass.INDIC;
      case 0xE1 -> second >= 0xBC ? ByteClass.GREEK : second >= 0xB8 ? ByteClass.LATIN : null;
      case 0xE2 -> ByteClass.SYMBOL;
      case 0xEA, 0xEB, 0xEC, 0xED -> ByteClass.HANGUL;
      case 0xEE -> null;
      // Full-width forms; before them stand Arabic presentation forms and private use.
      case 0xEF -> second == 0xBC || second == 0xBD ? ByteClass.HAN : null;
      default -> ByteClass.HAN;
    };
  }

  private static @Nullable ByteClass twoBytes(int lead, int second) {
    if (lead < 0xCD) {
      return ByteClass.LATIN;
    }
    if (lead < 0xD0) {
      return ByteClass.GREEK;
    }
    if (lead < 0xD4) {
      return ByteClass.CYRILLIC;
    }
    return switch (lead) {
      // Armenian ends where Hebrew begins.
      case 0xD6 -> second >= 0x90 ? ByteClass.HEBREW : null;
      case 0xD7 -> ByteClass.HEBREW;
      case 0xD8, 0xD9, 0xDA, 0xDB -> ByteClass.ARABIC;
      default -> null;
    };
  }

  private int escapes(int from, int to) {
    int escapes = 0;
    for (int i = from; i < to; i++) {
      if (body[i] == '\\' && i + 1 < body.length) {
        escapes += body[i + 1] == 'u' ? 1 : 0;
        i++;
      }
    }
    return escapes;
  }

  private void add(ByteClass to, int bytes) {
    counts[to.slot()] += bytes;
  }

  private static int count(long made, int at) {
    return (int) (made >>> at) & MASK;
  }
}
