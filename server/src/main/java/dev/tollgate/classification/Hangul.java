package dev.tollgate.classification;

import java.util.Set;

/**
 * Where a Korean word may go on behind a stem. Korean is agglutinative: 설계, 설계를, 설계해줘 and 설계부터는 are
 * one word to whoever looks for a design, 설계도 (a drawing) is not, but looks like 설계 with a
 * particle: such a one is listed in the lexicon itself.
 */
final class Hangul {

  /** Particles and short endings, which may follow one another. */
  private static final Set<String> PARTICLES =
      Set.of(
          "은", "는", "이", "가", "을", "를", "의", "에", "에서", "에게", "한테", "께", "로", "으로", "와", "과", "랑",
          "이랑", "도", "만", "부터", "까지", "처럼", "보다", "마다", "좀", "요", "나", "이나", "든", "이든", "이야", "야",
          "인", "인데", "이고", "이다", "입니다", "이에요", "예요", "들", "용", "별", "식", "형", "적", "하나", "등", "간",
          "상", "대로", "라는", "이라는", "라고", "이라고", "라도", "이라도", "뿐", "중", "다운");

  /** The light verbs 하다, 되다, 시키다 and 주다, 부탁하다 and the verbs of making, by their first syllable. */
  private static final String LIGHT = "하해한할합했함되돼된될됐됩시받내줘주드부만짜써쓰그지";

  private static final int LONGEST = 3;
  private static final int DEEPEST = 3;

  private Hangul() {}

  static boolean isSyllable(char c) {
    return c >= '\uAC00' && c <= '\uD7A3';
  }

  /** Whether a stem that ends before {@code at} ends its word there, or goes on as a stem may. */
  static boolean mayFollow(CharSequence text, int at) {
    int end = at;
    while (end < text.length() && isSyllable(text.charAt(end))) {
      end++;
    }
    return ends(text, at, end, DEEPEST);
  }

  private static boolean ends(CharSequence text, int at, int end, int depth) {
    if (at == end || LIGHT.indexOf(text.charAt(at)) >= 0) {
      return true;
    }
    for (int length = Math.min(LONGEST, end - at); depth > 0 && length > 0; length--) {
      if (PARTICLES.contains(text.subSequence(at, at + length).toString())
          && ends(text, at + length, end, depth - 1)) {
        return true;
      }
    }
    return false;
  }
}
