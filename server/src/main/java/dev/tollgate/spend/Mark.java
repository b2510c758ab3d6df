package dev.tollgate.spend;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;

/**
 * A page beside the journal: up to which batch PostgreSQL has it, and in which start of the machine
 * the journal was written. Memory mapped; the number may lag after a crash, never lead.
 *
 * <p>The number stands in two places that are written in turn, each with a count and a checksum:
 * when one is torn, the other holds. Not thread-safe.
 */
final class Mark {

  private static final int PAGE = 4_096;
  private static final long MAGIC = 0x5447_4D41_524B_3031L; // TGMARK01
  private static final int IDENTITY = 96;
  private static final int BOOT_AT = 28;
  private static final int CRC_AT = IDENTITY - 4;
  private static final int[] PLACES = {1_024, 2_048};
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment page;
  private final UUID node;
  private final String boot;
  private final boolean kept;
  private final boolean sameBoot;
  private long count;
  private long acknowledged;

  private Mark(MemorySegment page, UUID node, String boot, boolean kept) {
    this.page = page;
    this.node = node;
    this.kept = kept;
    this.boot = boot;
    sameBoot = kept && !boot.equals(BootId.UNKNOWN) && boot.equals(boot(page));
    for (int at : PLACES) {
      long found = page.get(LONG, at);
      long number = page.get(LONG, at + 8);
      if (found > count && page.get(LONG, at + 16) == check(found, number)) {
        count = found;
        acknowledged = number;
      }
    }
  }

  /** Opens the page, or makes it; one that is not ours is set aside. */
  static Mark open(Path directory, UUID node, String boot) throws IOException {
    Path file = directory.resolve("mark");
    boolean kept = Files.exists(file) && isOurs(file, node);
    if (!kept) {
      if (Files.exists(file)) {
        OwnerFiles.setAside(file);
      }
      OwnerFiles.make(file, identity(node, BootId.UNKNOWN), PAGE);
    }
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
      MemorySegment page = channel.map(FileChannel.MapMode.READ_WRITE, 0, PAGE, Arena.ofAuto());
      return new Mark(page, node, boot, kept);
    }
  }

  private static boolean isOurs(Path file, UUID node) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != PAGE) {
      return false;
    }
    ByteBuffer page = ByteBuffer.wrap(bytes);
    return page.getInt(CRC_AT) == Crc.of(page, CRC_AT)
        && page.getLong() == MAGIC
        && new UUID(page.getLong(), page.getLong()).equals(node);
  }

  /** Whether the page was there. */
  boolean kept() {
    return kept;
  }

  /** Whether somebody vouched for the journal in this start of the machine. */
  boolean sameBoot() {
    return sameBoot;
  }

  long acknowledged() {
    return acknowledged;
  }

  void acknowledged(long batch) {
    acknowledged = batch;
    count++;
    int at = PLACES[(int) (count & 1)];
    page.set(LONG, at, count);
    page.set(LONG, at + 8, batch);
    page.set(LONG, at + 16, check(count, batch));
  }

  /** From now on the journal is what this start of the machine wrote. */
  void vouch() {
    write(identity(node, boot));
  }

  /**
   * Until somebody vouches for it the journal is not to be trusted; on the disk when it returns.
   */
  void doubt() {
    write(identity(node, BootId.UNKNOWN));
    sync();
  }

  void sync() {
    page.force();
  }

  private void write(ByteBuffer identity) {
    MemorySegment.copy(MemorySegment.ofBuffer(identity), 0, page, 0, IDENTITY);
  }

  private static ByteBuffer identity(UUID node, String boot) {
    ByteBuffer identity = ByteBuffer.allocate(IDENTITY).putLong(MAGIC);
    identity.putLong(node.getMostSignificantBits()).putLong(node.getLeastSignificantBits());
    byte[] id = boot.getBytes(StandardCharsets.US_ASCII);
    identity.putInt(id.length).put(BOOT_AT, id);
    return identity.putInt(CRC_AT, Crc.of(identity, CRC_AT)).clear();
  }

  private static String boot(MemorySegment page) {
    ByteBuffer identity = page.asSlice(0, IDENTITY).asByteBuffer();
    byte[] id = new byte[Math.clamp(identity.getInt(BOOT_AT - 4), 0, CRC_AT - BOOT_AT)];
    identity.get(BOOT_AT, id);
    return new String(id, StandardCharsets.US_ASCII);
  }

  private static long check(long count, long batch) {
    return (count ^ 0x9E37_79B9_7F4A_7C15L) * 0xC2B2_AE3D_27D4_EB4FL
        + (batch ^ (batch >>> 32)) * 0x1656_67B1_9E37_79F9L;
  }
}
