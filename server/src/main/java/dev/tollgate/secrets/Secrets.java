package dev.tollgate.secrets;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.security.GeneralSecurityException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encrypts what a row keeps and no one is to read, and changes the keys. Thread-safe. */
public final class Secrets {

  private static final Logger log = LoggerFactory.getLogger(Secrets.class);

  private final Storage storage;
  private final @Nullable MasterKey master;

  private volatile @Nullable Keyset keyset;

  private Secrets(Storage storage, @Nullable MasterKey master) {
    this.storage = storage;
    this.master = master;
  }

  /**
   * Opens the room, and makes the first keys where there are none.
   *
   * @param keys with a previous one, the keys are put under the current; nodes that still have the
   *     previous go on until they are restarted
   * @param replaced further work of the transaction that does so, such as its audit
   * @throws Failure CONFLICT when the keys in the database are under another master key, or secrets
   *     are stored and there is none
   */
  public static Secrets open(Storage storage, MasterKeys keys, Consumer<Handle> replaced) {
    MasterKey master = keys.current();
    Secrets secrets = new Secrets(storage, master);
    if (master != null) {
      secrets.prepare(master, keys.previous(), replaced);
    } else {
      requireNothingSealed(storage);
    }
    return secrets;
  }

  private static void requireNothingSealed(Storage storage) {
    long rows = storage.transact(Access.admin(), Rotation::sealedRows);
    if (rows > 0) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          rows
              + " stored secrets need the master key that they are under: give it as"
              + " secrets.master-key");
    }
  }

  private void prepare(MasterKey current, @Nullable MasterKey previous, Consumer<Handle> replaced) {
    keyset =
        storage.transact(
            Access.admin(),
            handle -> {
              KeysetTable.lockAlone(handle);
              if (previous != null && KeysetTable.rewrap(handle, current, previous)) {
                replaced.accept(handle);
                log.info("the keys of stored secrets are under the new master key now");
              }
              Keyset there = KeysetTable.read(handle, current);
              return there != null ? there : KeysetTable.create(handle, current);
            });
  }

  /** Whether there is a master key. */
  public boolean available() {
    return master != null;
  }

  /**
   * Refuses where nothing could be stored.
   *
   * @throws Failure CONFLICT when there is no master key; it says what to do
   */
  public void require() {
    var _ = master();
  }

  /**
   * Encrypts within the transaction that stores the result.
   *
   * @throws Failure CONFLICT when there is no master key
   */
  public byte[] encrypt(Handle handle, SealedRow row, byte[] plain) {
    KeysetTable.lockShared(handle);
    Keyset now = keyset;
    if (now == null || now.version() != KeysetTable.version(handle)) {
      now = reload(handle);
    }
    return encrypt(now, row, plain);
  }

  static byte[] encrypt(Keyset keyset, SealedRow row, byte[] plain) {
    try {
      return keyset.aead().encrypt(plain, row.associatedData());
    } catch (GeneralSecurityException failed) {
      throw new IllegalStateException("encrypting a secret", failed);
    }
  }

  /**
   * Decrypts; from memory, but for a key that came with a rotation.
   *
   * @throws Failure CONFLICT when there is no master key, or none that opens it
   */
  public byte[] decrypt(SealedRow row, byte[] sealed) {
    Keyset now = keyset;
    if (now == null || !now.knows(sealed)) {
      now = storage.transact(Access.admin(), this::reload);
    }
    return decrypt(now, row, sealed);
  }

  static byte[] decrypt(Keyset keyset, SealedRow row, byte[] sealed) {
    try {
      return keyset.aead().decrypt(sealed, row.associatedData());
    } catch (GeneralSecurityException notOurs) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "a stored secret does not open: its key is gone, or it was changed; store it anew",
          notOurs);
    }
  }

  private Keyset reload(Handle handle) {
    Keyset there = KeysetTable.read(handle, master());
    if (there == null) {
      throw new IllegalStateException("the table secret_keyset is empty");
    }
    keyset = there;
    return there;
  }

  private MasterKey master() {
    if (master == null) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "no secret can be stored or read without a master key: make one with `tollgate secrets"
              + " new-key`, and give it to every node as secrets.master-key");
    }
    return master;
  }

  /**
   * Makes a new key for what is encrypted from now on, encrypts everything stored anew in batches,
   * and drops the keys that nothing is under any more. Ended half-way, it is to be run again.
   *
   * @param along further work, such as the audit, in the first transaction and in the last; it is
   *     told what is done there
   */
  public Rotated rotate(BiConsumer<Handle, String> along) {
    return new Rotation(storage, master(), fresh -> keyset = fresh).run(along);
  }
}
