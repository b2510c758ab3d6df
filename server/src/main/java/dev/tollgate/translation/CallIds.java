package dev.tollgate.translation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifiers within the bounds of the other dialect. A conversation can have begun at a third
 * provider, whose identifiers fit neither; the same one always becomes the same, so that a call and
 * its result still belong together.
 */
final class CallIds {

  /** OpenAI refuses longer identifiers of calls. */
  private static final int OPENAI_LONGEST = 40;

  /** OpenAI refuses longer identifiers of users. */
  private static final int USER_LONGEST = 64;

  private CallIds() {}

  /** Anthropic takes letters, digits, underscores and hyphens. */
  static String anthropic(String id) {
    boolean fits = !id.isEmpty();
    for (int i = 0; i < id.length(); i++) {
      fits &= allowed(id.charAt(i));
    }
    return fits ? id : "call_" + hash(id).substring(0, 32);
  }

  static String openAi(String id) {
    return id.length() <= OPENAI_LONGEST ? id : "call_" + hash(id).substring(0, 32);
  }

  /** OpenAI's own advice is to send a hash. */
  static String user(String id) {
    return id.length() <= USER_LONGEST ? id : hash(id);
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private static String hash(String id) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }
}
