package dev.tollgate.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Whose ciphertext it is: it opens for this row and for no other.
 *
 * @param table the table whose column {@code sealed} holds it; says what it is for, too
 */
public record SealedRow(String table, UUID organization, UUID id) {

  /** The associated data: the ids have a fixed length, so that nothing can be read two ways. */
  byte[] associatedData() {
    byte[] name = table.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(32 + name.length)
        .putLong(organization.getMostSignificantBits())
        .putLong(organization.getLeastSignificantBits())
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .put(name)
        .array();
  }
}
