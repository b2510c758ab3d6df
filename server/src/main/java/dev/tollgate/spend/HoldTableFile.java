package dev.tollgate.spend;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link HoldTable}: a header of a page, then the slots.
 *
 * <p>The header, big-endian: magic, version, bytes of a slot, capacity, node, creation in
 * milliseconds, boot id (length and ASCII), and the CRC-32C of these.
 *
 * @param kept it was there, whole, and of this node
 * @param boot the boot id that the header vouches for; empty: none
 */
record HoldTableFile(
    Path path, int capacity, UUID node, Instant created, boolean kept, String boot) {

  static final int HEADER = 4_096;

  private static final long MAGIC = 0x5447_484F_4C44_5331L; // TGHOLDS1
  private static final int VERSION = 1;
  private static final int FIXED = 8 + 4 + 4 + 4 + 16 + 8 + 4;
  private static final int LONGEST_BOOT = 64;

  /** Opens the file, or makes it; a file that is not ours is set aside. */
  static HoldTableFile open(Path path, int capacity, UUID node, Instant now) throws IOException {
    if (Files.exists(path)) {
      HoldTableFile found = read(path, capacity, node);
      if (found != null) {
        return found;
      }
      OwnerFiles.setAside(path);
    }
    HoldTableFile made = new HoldTableFile(path, capacity, node, now, false, BootId.UNKNOWN);
    OwnerFiles.make(path, made.header(), made.size());
    return made;
  }

  private static @Nullable HoldTableFile read(Path path, int capacity, UUID node)
      throws IOException {
    ByteBuffer header = ByteBuffer.allocate(FIXED + LONGEST_BOOT + 4);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() != size(capacity) || channel.read(header) < header.capacity()) {
        return null;
      }
    }
    header.flip();
    if (header.getLong() != MAGIC
        || header.getInt() != VERSION
        || header.getInt() != Slots.BYTES
        || header.getInt() != capacity
        || !new UUID(header.getLong(), header.getLong()).equals(node)) {
      return null;
    }
    Instant created = Instant.ofEpochMilli(header.getLong());
    int length = header.getInt();
    if (length < 0
        || length > LONGEST_BOOT
        || header.getInt(FIXED + LONGEST_BOOT) != Crc.of(header, FIXED + LONGEST_BOOT)) {
      return null;
    }
    String boot = new String(header.array(), FIXED, length, StandardCharsets.US_ASCII);
    return new HoldTableFile(path, capacity, node, created, true, boot);
  }

  private ByteBuffer header() {
    byte[] id = boot.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer header = ByteBuffer.allocate(FIXED + LONGEST_BOOT + 4);
    header.putLong(MAGIC).putInt(VERSION).putInt(Slots.BYTES).putInt(capacity);
    header.putLong(node.getMostSignificantBits()).putLong(node.getLeastSignificantBits());
    header.putLong(created.toEpochMilli()).putInt(id.length).put(id);
    return header.putInt(FIXED + LONGEST_BOOT, Crc.of(header, FIXED + LONGEST_BOOT)).clear();
  }

  /** From now on the header vouches for what this start of the machine writes. */
  void vouch(MemorySegment mapped, String by) {
    ByteBuffer header = new HoldTableFile(path, capacity, node, created, true, by).header();
    MemorySegment.copy(MemorySegment.ofBuffer(header), 0, mapped, 0, header.remaining());
  }

  MemorySegment map(Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, size(), arena);
    }
  }

  private long size() {
    return size(capacity);
  }

  private static long size(int capacity) {
    return HEADER + (long) capacity * Slots.BYTES;
  }
}
