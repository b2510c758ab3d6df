package dev.tollgate.toolcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found at anchors is what one expression over all shapes finds. */
class CredentialShapesPropertiesTest {

  private static final Pattern ORACLE =
      Pattern.compile(
          String.join(
              "|",
              "gh[pousr]_[A-Za-z0-9]{36}",
              "github_pat_[A-Za-z0-9_]{22,}",
              "glpat-[A-Za-z0-9_-]{20}",
              "xox[abeoprs]-[A-Za-z0-9-]{10,}",
              "\\bsk-(?:ant-|proj-|live-)?[A-Za-z0-9_-]{20,}",
              "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
              "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b",
              "\\bAIza[0-9A-Za-z_-]{35}",
              "\\bya29\\.[0-9A-Za-z_-]{20,}",
              "\\blin_(?:api|oauth)_[A-Za-z0-9]{32,}",
              "\\b(?:secret|ntn)_[A-Za-z0-9]{40,}",
              "\\bnpm_[A-Za-z0-9]{36}",
              "\\btg_[A-Za-z0-9_-]{32,}",
              "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}",
              "-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY",
              "\\b[Bb]earer [A-Za-z0-9._~+/-]{20,}",
              "://[^/\\s:@\"]+:[^/\\s:@\"]{3,}@"));

  private static final List<String> FRAGMENTS =
      List.of(
          "ghp_",
          "gho_",
          "github_pat_",
          "glpat-",
          "xoxb-",
          "sk-",
          "sk-ant-",
          "sk_live_",
          "rk_test_",
          "AKIA",
          "ASIA",
          "AIza",
          "ya29.",
          "lin_api_",
          "lin_oauth_",
          "secret_",
          "ntn_",
          "npm_",
          "tg_",
          "eyJ",
          ".eyJ",
          ".",
          "-----BEGIN ",
          "RSA ",
          "EC ",
          "PRIVATE KEY",
          "Bearer ",
          "bearer ",
          "://",
          ":",
          "@",
          "/",
          " ",
          "\"",
          "-",
          "_",
          "é",
          "\n");

  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsWhatOneExpressionFinds(long seed) {
    Random random = new Random(seed);
    int found = 0;
    for (int i = 0; i < 20_000; i++) {
      String text = text(random);
      boolean expected = ORACLE.matcher(text).find();
      assertThat(CredentialShapes.areIn(text)).as("seed %d: %s", seed, text).isEqualTo(expected);
      found += expected ? 1 : 0;
    }
    assertThat(found).as("of both outcomes").isBetween(1_000, 19_000);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
      // About as many letters as the shapes want, a few more or less.
      String letters = random.nextBoolean() ? LETTERS : LETTERS.substring(26, 52);
      for (int left = random.nextInt(4) * random.nextInt(16); left > 0; left--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
    }
    return text.toString();
  }

  /** A server must not be able to keep a thread busy with a text of its choice. */
  @Test
  void looksThroughWhatBeginsEverywhereAndEndsNowhere() {
    for (String part :
        List.of("-eyJ", "eyJ", "://a", "sk-a-", "Bearer ", "-----BEGIN A ", "xoxb-a")) {
      assertThat(CredentialShapes.areIn(part.repeat(500_000)))
          .as(part)
          .isEqualTo(part.equals("sk-a-") || part.equals("xoxb-a"));
    }
  }
}
