package dev.tollgate.toolcache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * JSON in the one form of RFC 8785, so that the order of fields and white space do not matter.
 *
 * <p>That form knows numbers as doubles only: two identifiers of 17 digits can be one number in it.
 * Text with a number that a double may not tell from its neighbour is taken as it is, as is text
 * that has no such form (duplicate fields).
 */
final class Canonical {

  /** Any fifteen decimal digits survive a double. */
  private static final int SAFE_DIGITS = 15;

  private Canonical() {}

  /** Bytes that are equal only for equal arguments. */
  static byte[] of(byte[] json) {
    if (exact(json)) {
      try {
        return tagged('c', new JsonCanonicalizer(json).getEncodedUTF8());
      } catch (IOException | RuntimeException unusual) {
        return tagged('r', json);
      }
    }
    return tagged('r', json);
  }

  private static byte[] tagged(char tag, byte[] bytes) {
    byte[] tagged = new byte[bytes.length + 1];
    tagged[0] = (byte) tag;
    System.arraycopy(bytes, 0, tagged, 1, bytes.length);
    return tagged;
  }

  /** Whether no number outside of text has more digits than a double keeps, or an exponent. */
  private static boolean exact(byte[] json) {
    boolean text = false;
    int digits = 0;
    for (int i = 0; i < json.length; i++) {
      byte c = json[i];
      if (text) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          text = false;
        }
      } else if (c >= '0' && c <= '9') {
        digits++;
        if (digits > SAFE_DIGITS) {
          return false;
        }
      } else if (digits > 0 && (c == 'e' || c == 'E')) {
        return false;
      } else if (c != '.') {
        digits = 0;
        text = c == '"';
      }
    }
    return validUtf8(json);
  }

  private static boolean validUtf8(byte[] json) {
    String text = new String(json, StandardCharsets.UTF_8);
    return text.indexOf('\uFFFD') < 0;
  }
}
