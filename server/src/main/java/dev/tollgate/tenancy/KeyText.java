package dev.tollgate.tenancy;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Keys as their owners see them: a kind, then 256 random bits in letters and digits. */
final class KeyText {

  static final String TENANT = "tg_live_";
  static final String ADMINISTRATOR = "tg_admin_";

  /** Characters of the random part that are kept to recognize the key by. */
  private static final int RECOGNIZED = 4;

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  /** The least power of 62 above 2^256. */
  private static final int LENGTH = 43;

  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyText() {}

  static String next(String kind) {
    StringBuilder text = new StringBuilder(kind);
    BigInteger rest = new BigInteger(256, RANDOM);
    for (int i = 0; i < LENGTH; i++) {
      BigInteger[] parts = rest.divideAndRemainder(BASE);
      text.append(DIGITS.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    return text.toString();
  }

  /** What is kept of {@code key}, which begins with {@code kind}. */
  static String prefix(String kind, String key) {
    return key.substring(0, kind.length() + RECOGNIZED);
  }
}
