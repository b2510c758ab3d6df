package dev.tollgate.secrets;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** The key that all others are encrypted by: 256 bits that the operator keeps. Never shown. */
public final class MasterKey {

  private static final int BYTES = 32;

  private final Aead aead;
  private final SecretBytes root;

  private MasterKey(Aead aead, SecretBytes root) {
    this.aead = aead;
    this.root = root;
  }

  /**
   * Reads 32 bytes in base64.
   *
   * @throws IllegalArgumentException that says what is wrong, and not what was given
   */
  @AccessesPartialKey
  public static MasterKey parse(String text) {
    byte[] bytes = decode(text);
    try {
      AesGcmKey key =
          AesGcmKey.builder()
              .setParameters(
                  AesGcmParameters.builder()
                      .setKeySizeBytes(BYTES)
                      .setIvSizeBytes(12)
                      .setTagSizeBytes(16)
                      .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                      .build())
              .setKeyBytes(SecretBytes.copyFrom(bytes, InsecureSecretKeyAccess.get()))
              .build();
      return new MasterKey(
          KeysetHandle.newBuilder()
              .setConfiguration(AeadConfig2026.get())
              .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
              .build()
              .getPrimitive(AeadConfig2026.get(), Aead.class),
          SecretBytes.copyFrom(expand(bytes, "root"), InsecureSecretKeyAccess.get()));
    } catch (GeneralSecurityException unsupported) {
      throw new IllegalStateException("AES-GCM is missing", unsupported);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] decode(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "must be 32 bytes in base64 and is no base64; make one with `tollgate secrets new-key`");
    }
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "must be 32 bytes in base64 and has "
              + bytes.length
              + "; make one with `tollgate secrets new-key`");
    }
    return bytes;
  }

  /** A new one, as {@link #parse} reads it. */
  public static String generate() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  Aead aead() {
    return aead;
  }

  /**
   * A key of 32 bytes for one purpose, the same on all nodes that have this master key (HKDF with
   * SHA-256, RFC 5869). Says nothing of the master key, nor of keys for other purposes.
   */
  @AccessesPartialKey
  public byte[] derive(String purpose) {
    try {
      return expand(root.toByteArray(InsecureSecretKeyAccess.get()), "purpose/" + purpose);
    } catch (GeneralSecurityException unsupported) {
      throw new IllegalStateException("HMAC is missing", unsupported);
    }
  }

  private static byte[] expand(byte[] secret, String info) throws GeneralSecurityException {
    byte[] context = ("tollgate/" + info).getBytes(StandardCharsets.UTF_8);
    return Hkdf.computeHkdf("HMACSHA256", secret, new byte[0], context, BYTES);
  }

  @Override
  public String toString() {
    return "***";
  }
}
