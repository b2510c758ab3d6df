package dev.tollgate.toolcache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** SHA-256 over parts with their lengths in front: no two lists of parts look alike. */
final class Digest {

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  static Digest of(@Nullable String... parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      update(digest, part == null ? null : part.getBytes(StandardCharsets.UTF_8));
    }
    return new Digest(digest.digest());
  }

  /** The digest of bytes, and of parts behind them. */
  static Digest of(byte[] first, @Nullable String... parts) {
    MessageDigest digest = sha256();
    update(digest, first);
    for (String part : parts) {
      update(digest, part == null ? null : part.getBytes(StandardCharsets.UTF_8));
    }
    return new Digest(digest.digest());
  }

  private static void update(MessageDigest digest, byte @Nullable [] part) {
    // A part that is not there is none of length zero.
    digest.update(ByteBuffer.allocate(4).putInt(part == null ? -1 : part.length).array());
    if (part != null) {
      digest.update(part);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String text() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(bytes).getInt();
  }
}
