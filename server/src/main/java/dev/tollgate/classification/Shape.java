package dev.tollgate.classification;

import java.util.Locale;

/** What a prompt's shape says: length, questions, arithmetic, code and what it is, tools. */
enum Shape {
  /** Always there: how frequent a category is. */
  ALWAYS(0),
  /** A line and nothing more. */
  SHORT(1),
  /** A word or three. */
  TINY(2),
  /** More than one or two sentences are asked. */
  LONG(3),
  /** How long what is asked is: the logarithm, so that it does not outgrow the words. */
  LENGTH(4),
  /** Much was brought along. */
  VAST(5),
  /** A line in which no word of the lexicon is. */
  SILENT(6),
  /** One short question, and nothing more. */
  QUESTION(7),
  /** It ends as a question. */
  ASKS(8),
  /** It ends as a question, after more than a line: a situation is laid out first. */
  SITUATION(9),
  /** Several questions. */
  QUESTIONS(10),
  CODE(11),
  /** Something was brought along: text, code, data. */
  MATERIAL(12),
  /** More digits and signs than letters. */
  ARITHMETIC(13),
  /** Three numbers or more, and no code: a word problem, or a specification. */
  NUMBERS(14),
  /** Formulas. */
  FORMULA(15),
  /** Four items or more. */
  ITEMS(16),
  /** A phrase is to be translated. */
  PHRASE(17),
  /** A text is to be translated. */
  TRANSLATION(18),
  /** Markup and styles were brought along. */
  MARKUP(19),
  /** Traces of stacks and plans of queries were brought along. */
  TRACE(20),
  /** Images or documents in the turns before. */
  EARLIER(21),
  /** Tools are offered, and little is said. */
  TOOLS(22),
  /** Something short in the middle of a conversation. */
  FOLLOWING(23);

  static final int COUNT = values().length;

  /** How shapes are called in the lexicon, and groups of terms are not. */
  static final String PREFIX = "shape.";

  /** Lengths are in Latin letters; a syllable of Hangul says as much as two. */
  private static final int LINE = 90;

  private static final int WORDS = 24;
  private static final int SENTENCES = 240;
  private static final int MUCH = 1_500;
  private static final int TEXT = 160;
  private static final int SEVERAL = 3;

  private static final String[] FORMULAS = {"\\frac", "\\(", "^2", "²", "∈", "≤", "∧", "√", "f(x)"};

  /** How questions end; in Korean the mark is often left out. */
  private static final String[] ENDINGS = {
    "?", "까", "까요", "나요", "가요", "죠", "냐", "거야", "뭐야", "인가", "는지"
  };

  private final int slot;

  Shape(int slot) {
    this.slot = slot;
  }

  /** Its place among the features. */
  int slot() {
    return slot;
  }

  /** The place of the one that the lexicon calls so. */
  static int slot(String name) {
    return valueOf(name.substring(PREFIX.length()).toUpperCase(Locale.ROOT)).slot;
  }

  /** Measures {@code prompt}, in which the lexicon's terms have been counted. */
  static void measure(Prompt prompt, Ask ask, String words, Features to) {
    int length = length(words);
    boolean alone = ask.materialLength() == 0;
    boolean line = length <= LINE && alone;
    int questions = ask.questions();
    to.set(ALWAYS, 1);
    set(to, SHORT, line);
    set(to, TINY, length <= WORDS && alone);
    set(to, LONG, length > SENTENCES);
    to.set(LENGTH, (float) Math.log1p(length / (double) LINE));
    set(to, VAST, prompt.length() > MUCH);
    set(to, SILENT, to.terms() == 0 && line);
    set(to, QUESTION, questions == 1 && line);
    boolean asks = asks(words);
    set(to, ASKS, asks);
    set(to, SITUATION, asks && length > TEXT);
    set(to, QUESTIONS, questions > 1);
    set(to, CODE, ask.code());
    set(to, MATERIAL, !alone);
    set(to, ARITHMETIC, arithmetic(words));
    set(to, NUMBERS, !ask.code() && numbers(words) >= SEVERAL);
    set(to, FORMULA, formula(words) || (formula(ask.material()) && !ask.code()));
    set(to, ITEMS, items(prompt.text()) > SEVERAL);
    boolean translation = words.contains("translat") || words.contains("번역");
    boolean text = length + ask.materialLength() > TEXT;
    set(to, PHRASE, translation && !text);
    set(to, TRANSLATION, translation && text);
    set(to, MARKUP, markup(ask.material()));
    set(to, TRACE, trace(ask.material()));
    set(to, EARLIER, prompt.earlier() > 0);
    set(to, TOOLS, prompt.tools() > 0 && length <= LINE / 2);
    set(to, FOLLOWING, prompt.turns() > 0 && line);
  }

  private static void set(Features to, Shape shape, boolean is) {
    to.set(shape, is ? 1 : 0);
  }

  private static int length(String words) {
    int length = words.length();
    for (int i = 0; i < words.length(); i++) {
      length += Hangul.isSyllable(words.charAt(i)) ? 1 : 0;
    }
    return length;
  }

  private static boolean asks(String words) {
    for (String ending : ENDINGS) {
      if (words.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  private static boolean arithmetic(String words) {
    int digits = 0;
    int letters = 0;
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      digits += Character.isDigit(c) || "+-*/%=()".indexOf(c) >= 0 ? 1 : 0;
      letters += Character.isLetter(c) ? 1 : 0;
    }
    return digits > letters && words.length() < LINE;
  }

  private static int numbers(String words) {
    int numbers = 0;
    boolean inside = false;
    for (int i = 0; i < words.length(); i++) {
      boolean digit = Character.isDigit(words.charAt(i));
      numbers += digit && !inside ? 1 : 0;
      // 10.5, 14:30 and 2/28 are one.
      inside = digit || (inside && ".,:/".indexOf(words.charAt(i)) >= 0);
    }
    return numbers;
  }

  private static boolean formula(String text) {
    for (String sign : FORMULAS) {
      if (text.contains(sign)) {
        return true;
      }
    }
    return text.indexOf('$') != text.lastIndexOf('$');
  }

  /** Lines that begin with a dash, a bullet or a number. */
  private static int items(String text) {
    int items = 0;
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      while (at < end && text.charAt(at) == ' ') {
        at++;
      }
      items += at + 1 < end && item(text.charAt(at), text.charAt(at + 1)) ? 1 : 0;
      at = end + 1;
    }
    return items;
  }

  private static boolean item(char first, char second) {
    return Character.isDigit(first)
        ? second == '.' || second == ')'
        : second == ' ' && "-*•".indexOf(first) >= 0;
  }

  private static boolean markup(String material) {
    return material.contains("</") || material.contains("/>") || material.contains("px;");
  }

  private static boolean trace(String material) {
    return material.contains("\tat ")
        || material.contains("goroutine ")
        || material.contains("Traceback (most recent")
        || material.contains("Seq Scan");
  }
}
