package dev.tollgate.classification;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A prompt's text, told apart: what is asked, and what is merely brought along for it.
 *
 * <p>People say what they want in the first paragraph or in the last. Code between fences, lines
 * that look like code, and paragraphs in between are material: their words are about something, not
 * for something.
 *
 * @param words what is asked, at most {@link #MOST} characters
 * @param material what was brought along, at most {@link #MOST} characters
 * @param materialLength of all of it
 * @param code whether there is code
 */
record Ask(String words, String material, int materialLength, boolean code) {

  static final int MOST = 1_200;

  private static final int FIRST = 600;
  private static final int LAST = 240;
  private static final int IMPORT = 60;
  private static final String FENCE = "```";

  static Ask of(String text) {
    StringBuilder material = new StringBuilder();
    List<StringBuilder> paragraphs = new ArrayList<>();
    boolean fenced = false;
    boolean code = false;
    boolean blank = true;
    for (String line : text.split("\n", -1)) {
      String bare = line.strip();
      if (bare.startsWith(FENCE)) {
        fenced = !fenced;
        code = true;
      } else if (fenced) {
        add(material, line);
      } else if (bare.isEmpty()) {
        blank = true;
      } else if (isCode(line, bare)) {
        code = true;
        add(material, line);
      } else {
        if (blank) {
          paragraphs.add(new StringBuilder());
          blank = false;
        }
        paragraphs.getLast().append(bare).append('\n');
      }
    }
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < paragraphs.size(); i++) {
      StringBuilder paragraph = paragraphs.get(i);
      boolean last = i == paragraphs.size() - 1;
      if (i == 0) {
        first(paragraph, words, material);
      } else if (last
          && !announces(paragraphs.getFirst(), paragraph)
          && paragraph.length() <= LAST
          && lines(paragraph) <= 2) {
        words.append('\n').append(paragraph);
      } else {
        add(material, paragraph);
      }
    }
    return new Ask(bounded(words), bounded(material), material.length(), code);
  }

  /** Of a long first paragraph the beginning and the end say what is asked. */
  private static void first(StringBuilder paragraph, StringBuilder words, StringBuilder material) {
    if (paragraph.length() <= FIRST) {
      words.append(paragraph);
      return;
    }
    int back = paragraph.length() - FIRST / 3;
    words
        .append(paragraph, 0, FIRST - FIRST / 3)
        .append('\n')
        .append(paragraph, back, paragraph.length());
    material.append(paragraph, FIRST - FIRST / 3, back);
  }

  /** Whether what comes last is what the first paragraph says will follow. */
  private static boolean announces(StringBuilder first, StringBuilder last) {
    if (last.indexOf("?") >= 0) {
      return false;
    }
    String said = first.toString().strip().toLowerCase(Locale.ROOT);
    return said.endsWith(":")
        || said.contains("following")
        || said.contains("below")
        || said.contains("given")
        || said.startsWith("다음")
        || said.contains("아래");
  }

  private static int lines(StringBuilder paragraph) {
    int lines = 0;
    for (int i = 0; i < paragraph.length(); i++) {
      lines += paragraph.charAt(i) == '\n' ? 1 : 0;
    }
    return lines;
  }

  private static void add(StringBuilder to, CharSequence text) {
    to.append(text).append('\n');
  }

  private static String bounded(StringBuilder text) {
    return text.substring(0, Math.min(MOST, text.length()));
  }

  private static boolean isCode(String line, String bare) {
    return line.startsWith("    ")
        || line.startsWith("\t")
        || beginsAsCode(bare)
        || endsAsCode(bare);
  }

  private static boolean beginsAsCode(String bare) {
    return switch (bare.charAt(0)) {
      case '{', '}' -> true;
      case '<' -> bare.endsWith(">");
      case '@' -> bare.indexOf(' ') < 0;
      case 'd' -> bare.startsWith("def ") && bare.endsWith(":");
      case 'c' -> bare.startsWith("const ");
      case 'i' -> bare.startsWith("import ") && bare.length() < IMPORT;
      case 'S' -> bare.startsWith("SELECT ");
      case 'a' -> bare.startsWith("at ") && bare.endsWith(")");
      default -> false;
    };
  }

  private static boolean endsAsCode(String bare) {
    char last = bare.charAt(bare.length() - 1);
    return last == '{'
        || (last == ';'
            && (bare.indexOf(' ') < 0
                || bare.indexOf('=') > 0
                || bare.indexOf('(') > 0
                || bare.indexOf('{') > 0));
  }

  /** Questions in what is asked. */
  int questions() {
    int count = 0;
    for (int i = 0; i < words.length(); i++) {
      if (words.charAt(i) == '?' && (i == 0 || words.charAt(i - 1) != '?')) {
        count++;
      }
    }
    return count;
  }
}
