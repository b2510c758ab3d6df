package dev.tollgate.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A script in Lua for Redis 6.2 or newer, known to the server by its digest.
 *
 * @param sha SHA-1 of the text in hexadecimal, as {@code EVALSHA} wants it
 */
public record RedisScript(String text, String sha) {

  public static RedisScript of(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return new RedisScript(text, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
