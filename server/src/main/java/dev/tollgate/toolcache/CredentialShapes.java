package dev.tollgate.toolcache;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shapes of known credentials. Looks for the letters that each begins with and asks its pattern
 * only there, so that a text is run through at the speed of {@link String#indexOf(String)}; in time
 * linear in its length, whatever it holds.
 */
final class CredentialShapes {

  private static final String WEB_TOKEN = "eyJ";
  private static final int LEAST_OF_WEB_TOKEN = 10;

  /**
   * One shape.
   *
   * @param anchor the letters that it has for certain
   * @param before how far before the anchor it begins
   * @param pattern of all of it; one that fails has looked at a bounded part, or at nothing that
   *     has the anchor in it again
   */
  private record Shape(String anchor, int before, Pattern pattern) {

    static Shape of(String anchor, String pattern) {
      return new Shape(anchor, 0, Pattern.compile(pattern));
    }

    static Shape of(String anchor, int before, String pattern) {
      return new Shape(anchor, before, Pattern.compile(pattern));
    }

    boolean isIn(String text) {
      int at = text.indexOf(anchor);
      if (at < 0) {
        return false;
      }
      Matcher matcher = pattern.matcher(text).useTransparentBounds(true);
      while (at >= 0) {
        if (at >= before && matcher.region(at - before, text.length()).lookingAt()) {
          return true;
        }
        at = text.indexOf(anchor, at + 1);
      }
      return false;
    }
  }

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of("gh", "gh[pousr]_[A-Za-z0-9]{36}"),
          Shape.of("github_pat_", "github_pat_[A-Za-z0-9_]{22}"),
          Shape.of("glpat-", "glpat-[A-Za-z0-9_-]{20}"),
          Shape.of("xox", "xox[abeoprs]-[A-Za-z0-9-]{10}"),
          Shape.of("sk-", "\\bsk-(?:ant-|proj-|live-)?[A-Za-z0-9_-]{20}"),
          Shape.of("k_live_", 1, "\\b[rs]k_live_[A-Za-z0-9]{16}"),
          Shape.of("k_test_", 1, "\\b[rs]k_test_[A-Za-z0-9]{16}"),
          Shape.of("AKIA", "\\bAKIA[0-9A-Z]{16}\\b"),
          Shape.of("ASIA", "\\bASIA[0-9A-Z]{16}\\b"),
          Shape.of("AIza", "\\bAIza[0-9A-Za-z_-]{35}"),
          Shape.of("ya29.", "\\bya29\\.[0-9A-Za-z_-]{20}"),
          Shape.of("lin_", "\\blin_(?:api|oauth)_[A-Za-z0-9]{32}"),
          Shape.of("secret_", "\\bsecret_[A-Za-z0-9]{40}"),
          Shape.of("ntn_", "\\bntn_[A-Za-z0-9]{40}"),
          Shape.of("npm_", "\\bnpm_[A-Za-z0-9]{36}"),
          Shape.of("tg_", "\\btg_[A-Za-z0-9_-]{32}"),
          Shape.of("-----BEGIN ", "-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY"),
          Shape.of("earer ", 1, "\\b[Bb]earer [A-Za-z0-9._~+/-]{20}"),
          Shape.of("://", "://[^/\\s:@\"]+:[^/\\s:@\"]{3,}@"));

  private CredentialShapes() {}

  /** Whether {@code text} has one in it. */
  static boolean areIn(String text) {
    for (Shape shape : SHAPES) {
      if (shape.isIn(text)) {
        return true;
      }
    }
    return webTokenIn(text);
  }

  /**
   * A JSON Web Token (RFC 7519): header, payload and signature, the first two of them objects. A
   * header reaches to the end of its run of letters, so each run is looked at once.
   */
  private static boolean webTokenIn(String text) {
    int at = text.indexOf(WEB_TOKEN);
    while (at >= 0) {
      int end = endOfPart(text, at);
      int begin = at;
      while (begin >= 0 && begin < end && isPartOfWord(text, begin - 1)) {
        begin = text.indexOf(WEB_TOKEN, begin + 1);
      }
      if (begin >= 0 && begin < end && isLong(begin, end) && isSigned(text, end)) {
        return true;
      }
      at = text.indexOf(WEB_TOKEN, end);
    }
    return false;
  }

  private static boolean isLong(int begin, int end) {
    return end - begin >= WEB_TOKEN.length() + LEAST_OF_WEB_TOKEN;
  }

  /** Whether a payload and a signature follow the header that ends at {@code end}. */
  private static boolean isSigned(String text, int end) {
    int payload = end + 1;
    if (!text.startsWith(".", end) || !text.startsWith(WEB_TOKEN, payload)) {
      return false;
    }
    int dot = endOfPart(text, payload);
    return isLong(payload, dot)
        && text.startsWith(".", dot)
        && endOfPart(text, dot + 1) - dot - 1 >= LEAST_OF_WEB_TOKEN;
  }

  /** Where the letters of base64url that go on at {@code from} end. */
  private static int endOfPart(String text, int from) {
    int end = from;
    while (end < text.length() && (isPartOfWord(text, end) || text.charAt(end) == '-')) {
      end++;
    }
    return end;
  }

  private static boolean isPartOfWord(String text, int at) {
    if (at < 0) {
      return false;
    }
    char c = text.charAt(at);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
