package dev.tollgate.mcp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs what a client is handed to bring back, for one use by one caller: changed, or brought by
 * another, it does not open (HMAC-SHA256, RFC 2104). What it says can be read. Thread-safe.
 */
public final class Seal {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * A seal that opens what was sealed with the same key.
   *
   * @param key of 32 bytes
   */
  public Seal(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** One that nobody else has, and that is forgotten with this process. */
  public static Seal ofThisProcess() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return new Seal(key);
  }

  /** Seals {@code text} for {@code context}. */
  public String close(String text, String context) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString(text.getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(mac(text, context));
  }

  /** The text; null: it was not sealed here, or for another context. */
  public @Nullable String open(String sealed, String context) {
    int dot = sealed.indexOf('.');
    if (dot < 0) {
      return null;
    }
    try {
      String text =
          new String(
              Base64.getUrlDecoder().decode(sealed.substring(0, dot)), StandardCharsets.UTF_8);
      byte[] mac = Base64.getUrlDecoder().decode(sealed.substring(dot + 1));
      return MessageDigest.isEqual(mac, mac(text, context)) ? text : null;
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private byte[] mac(String text, String context) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] first = text.getBytes(StandardCharsets.UTF_8);
      // Its length goes first, so that no two pairs are signed as the same bytes.
      mac.update(Integer.toString(first.length).getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) ':');
      mac.update(first);
      return mac.doFinal(context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
