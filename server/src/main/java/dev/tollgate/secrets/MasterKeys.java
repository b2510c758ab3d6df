package dev.tollgate.secrets;

import org.jspecify.annotations.Nullable;

/**
 * The master keys that an operator configured.
 *
 * @param current null: nothing can be encrypted or decrypted
 * @param previous the master key until now, where it is being replaced
 */
public record MasterKeys(@Nullable MasterKey current, @Nullable MasterKey previous) {

  /** No master key at all. */
  public static final MasterKeys NONE = new MasterKeys(null, null);
}
