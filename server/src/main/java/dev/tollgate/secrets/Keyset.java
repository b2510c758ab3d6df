package dev.tollgate.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.stream.IntStream;

/**
 * The keys that values are encrypted by, opened.
 *
 * @param version grows with every change of the keys
 */
record Keyset(long version, KeysetHandle handle, Aead aead) {

  private static final byte[] PURPOSE = "tollgate.secret_keyset".getBytes(StandardCharsets.UTF_8);

  /** What a ciphertext of Tink begins with: a version byte and the id of its key. */
  static final int PREFIX = 5;

  private static Keyset of(long version, KeysetHandle.Builder keys) {
    try {
      return of(version, keys.setConfiguration(AeadConfig2026.get()).build());
    } catch (GeneralSecurityException unsupported) {
      throw new IllegalStateException("AES-GCM is missing", unsupported);
    }
  }

  private static Keyset of(long version, KeysetHandle handle) throws GeneralSecurityException {
    return new Keyset(version, handle, handle.getPrimitive(AeadConfig2026.get(), Aead.class));
  }

  static Keyset generate() {
    return of(
        1,
        KeysetHandle.newBuilder()
            .addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                    .withRandomId()
                    .makePrimary()));
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws GeneralSecurityException when it was sealed by another master key
   */
  static Keyset open(long version, byte[] sealed, MasterKey master)
      throws GeneralSecurityException {
    return of(
        version,
        TinkProtoKeysetFormat.parseEncryptedKeyset(
            sealed, master.aead(), PURPOSE, AeadConfig2026.get()));
  }

  byte[] seal(MasterKey master) {
    try {
      return TinkProtoKeysetFormat.serializeEncryptedKeyset(
          handle, master.aead(), PURPOSE, AeadConfig2026.get());
    } catch (GeneralSecurityException unsupported) {
      throw new IllegalStateException("AES-GCM is missing", unsupported);
    }
  }

  /** With a new key that encrypts from now on; the others still decrypt. */
  Keyset withNewPrimary() {
    return of(
        version + 1,
        KeysetHandle.newBuilder(handle)
            .addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                    .withRandomId()
                    .makePrimary()));
  }

  /** With the key alone that encrypts now. */
  Keyset primaryOnly() {
    return of(
        version + 1,
        KeysetHandle.newBuilder()
            .addEntry(
                KeysetHandle.importKey(handle.getPrimary().getKey())
                    .withFixedId(primaryId())
                    .makePrimary()));
  }

  int primaryId() {
    return handle.getPrimary().getId();
  }

  int size() {
    return handle.size();
  }

  boolean knows(byte[] ciphertext) {
    if (ciphertext.length < PREFIX) {
      return false;
    }
    int id = ByteBuffer.wrap(ciphertext, 1, Integer.BYTES).getInt();
    return IntStream.range(0, handle.size()).anyMatch(i -> handle.getAt(i).getId() == id);
  }

  @Override
  public String toString() {
    return "Keyset[version " + version + ", " + size() + " keys]";
  }
}
