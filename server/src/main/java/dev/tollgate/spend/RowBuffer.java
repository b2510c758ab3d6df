package dev.tollgate.spend;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes an array of composites as PostgreSQL receives it in binary: 1 µs of ours for a row of
 * forty fields, where an array for each column, or a statement for each row, costs several.
 *
 * <p>Source: PostgreSQL's {@code array_recv} and {@code record_recv}; all numbers are big-endian.
 * Grows as it must and is used again; not thread-safe.
 */
final class RowBuffer {

  private static final int INT8 = 20;
  private static final int INT4 = 23;
  static final int TEXT = 25;
  static final int FLOAT8 = 701;
  private static final int TIMESTAMPTZ = 1184;
  private static final int UUID_TYPE = 2950;
  private static final int UUID_ARRAY = 2951;
  private static final int INT8_ARRAY = 1016;

  /** 2000-01-01, where PostgreSQL counts from. */
  private static final long EPOCH_SECONDS = 946_684_800L;

  private static final int LONGEST_TEXT = 16_384;
  private static final int KEPT = 1 << 20;

  private ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
  private int rowStart;

  /** Begins with no row. */
  RowBuffer begin() {
    if (bytes.capacity() > KEPT) {
      bytes = ByteBuffer.allocate(KEPT);
    }
    bytes.clear();
    return this;
  }

  /**
   * What stands before the rows of an array.
   *
   * @param type the identifier of the composite in this database
   */
  static byte[] header(int type, int rows) {
    return ByteBuffer.allocate(20).putInt(1).putInt(0).putInt(type).putInt(rows).putInt(1).array();
  }

  /** What the rows of {@link #toBytes} have in their first field, which is an instant. */
  static List<Instant> instants(byte[] rows) {
    return split(rows).stream().map(RowBuffer::firstInstant).toList();
  }

  /** Behind the row's length, the number of its fields, and the field's type and length. */
  private static Instant firstInstant(byte[] row) {
    long micros = ByteBuffer.wrap(row).getLong(16);
    return Instant.ofEpochSecond(EPOCH_SECONDS).plus(micros, ChronoUnit.MICROS);
  }

  /** The rows of what {@link #toBytes} gave, one by one. */
  static List<byte[]> split(byte[] rows) {
    List<byte[]> each = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(rows);
    while (all.hasRemaining()) {
      byte[] row = new byte[4 + all.getInt(all.position())];
      all.get(row);
      each.add(row);
    }
    return each;
  }

  /** {@code rows} with fields of these types more at the end of each, which are null. */
  static byte[] widened(byte[] rows, int... types) {
    List<byte[]> each = split(rows);
    ByteBuffer wide = ByteBuffer.allocate(rows.length + each.size() * types.length * 8);
    for (byte[] row : each) {
      ByteBuffer narrow = ByteBuffer.wrap(row);
      wide.putInt(narrow.getInt() + types.length * 8);
      wide.putInt(narrow.getInt() + types.length).put(narrow);
      for (int type : types) {
        wide.putInt(type).putInt(-1);
      }
    }
    return wide.array();
  }

  RowBuffer beginRow(int fields) {
    room(8);
    rowStart = bytes.position();
    bytes.putInt(0).putInt(fields);
    return this;
  }

  RowBuffer endRow() {
    bytes.putInt(rowStart, bytes.position() - rowStart - 4);
    return this;
  }

  RowBuffer number(int value) {
    field(INT4, 4).putInt(value);
    return this;
  }

  RowBuffer number(long value) {
    field(INT8, 8).putLong(value);
    return this;
  }

  RowBuffer number(@Nullable Long value) {
    return value == null ? absent(INT8) : number(value.longValue());
  }

  RowBuffer fraction(@Nullable Double value) {
    if (value == null) {
      return absent(FLOAT8);
    }
    field(FLOAT8, 8).putDouble(value);
    return this;
  }

  RowBuffer instant(Instant value) {
    long micros = (value.getEpochSecond() - EPOCH_SECONDS) * 1_000_000 + value.getNano() / 1_000;
    field(TIMESTAMPTZ, 8).putLong(micros);
    return this;
  }

  RowBuffer id(@Nullable UUID value) {
    if (value == null) {
      return absent(UUID_TYPE);
    }
    put(field(UUID_TYPE, 16), value);
    return this;
  }

  /** Text; what PostgreSQL cannot store is left out, and what is too long is cut. */
  RowBuffer text(@Nullable String value) {
    if (value == null) {
      return absent(TEXT);
    }
    String kept = value.length() > LONGEST_TEXT ? value.substring(0, LONGEST_TEXT) : value;
    if (kept.indexOf('\0') >= 0) {
      kept = kept.replace("\0", "");
    }
    byte[] utf8 = kept.getBytes(StandardCharsets.UTF_8);
    field(TEXT, utf8.length).put(utf8);
    return this;
  }

  <T> RowBuffer ids(List<T> of, Function<T, UUID> id) {
    field(UUID_ARRAY, 20 + 20 * of.size());
    dimension(UUID_TYPE, of.size());
    for (int i = 0; i < of.size(); i++) {
      put(bytes.putInt(16), id.apply(of.get(i)));
    }
    return this;
  }

  <T> RowBuffer numbers(List<T> of, ToLongFunction<T> number) {
    field(INT8_ARRAY, 20 + 12 * of.size());
    dimension(INT8, of.size());
    for (int i = 0; i < of.size(); i++) {
      bytes.putInt(8).putLong(number.applyAsLong(of.get(i)));
    }
    return this;
  }

  /** The rows. */
  byte[] toBytes() {
    byte[] copy = new byte[bytes.position()];
    bytes.get(0, copy);
    return copy;
  }

  /** One dimension, no nulls, counted from 1. */
  private void dimension(int type, int elements) {
    bytes.putInt(1).putInt(0).putInt(type).putInt(elements).putInt(1);
  }

  private RowBuffer absent(int type) {
    room(8);
    head(type, -1);
    return this;
  }

  private ByteBuffer field(int type, int length) {
    room(8 + length);
    return head(type, length);
  }

  /** Two numbers in one: there are forty of them in a row. */
  private ByteBuffer head(int type, int length) {
    return bytes.putLong((long) type << 32 | Integer.toUnsignedLong(length));
  }

  private static void put(ByteBuffer to, UUID value) {
    to.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
  }

  private void room(int needed) {
    if (bytes.remaining() < needed) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(bytes.capacity() * 2, bytes.position() + needed));
      bytes = larger.put(bytes.flip());
    }
  }
}
