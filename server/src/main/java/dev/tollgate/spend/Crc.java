package dev.tollgate.spend;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C (RFC 9260, appendix A), for the beginnings of files. */
final class Crc {

  private Crc() {}

  /** The sum of the first {@code length} bytes, wherever the buffer stands. */
  static int of(ByteBuffer bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().clear().limit(length));
    return (int) crc.getValue();
  }
}
