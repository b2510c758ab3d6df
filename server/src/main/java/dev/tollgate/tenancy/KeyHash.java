package dev.tollgate.tenancy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a key: what is stored and what it is found by. */
record KeyHash(long a, long b, long c, long d) {

  /** Shorter is no key of ours, nor a {@code TOLLGATE_ADMIN_KEY}. */
  static final int SHORTEST = 16;

  static final int LONGEST = 512;

  static KeyHash of(String key) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
      return new KeyHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A hash that is known, of 64 hexadecimal digits. */
  static KeyHash ofHex(String hex) {
    ByteBuffer hash = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    return new KeyHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  /** Whether {@code key} is worth looking up. */
  static boolean plausible(String key) {
    return key.length() >= SHORTEST && key.length() <= LONGEST;
  }

  byte[] bytes() {
    return ByteBuffer.allocate(32).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  @Override
  public String toString() {
    return "KeyHash[***]";
  }
}
