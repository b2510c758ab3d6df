package dev.tollgate.translation;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes to be written: small ones are copied as they come, large ones are remembered where they
 * stand and copied once, into the result.
 */
final class Sink extends OutputStream {

  @SuppressWarnings("ArrayRecordComponent") // Points, never compared.
  private record Piece(byte[] bytes, int from, int length) {}

  private final List<Piece> pieces = new ArrayList<>();
  private byte[] small = new byte[1024];
  private int start;
  private int end;
  private int total;

  @Override
  public void write(int b) {
    room(1);
    small[end++] = (byte) b;
    total++;
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    room(length);
    System.arraycopy(bytes, from, small, end, length);
    end += length;
    total += length;
  }

  /** Writes bytes that nobody changes until the result is taken. */
  void refer(byte[] bytes, int from, int length) {
    if (end > start) {
      pieces.add(new Piece(small, start, end - start));
      start = end;
    }
    pieces.add(new Piece(bytes, from, length));
    total = Math.addExact(total, length);
  }

  private void room(int length) {
    if (end + length <= small.length) {
      return;
    }
    // What a piece points into stays; only what is not yet a piece moves.
    int kept = end - start;
    byte[] grown = new byte[Math.max(small.length * 2, kept + length)];
    System.arraycopy(small, start, grown, 0, kept);
    small = grown;
    start = 0;
    end = kept;
  }

  /** All that was written. */
  byte[] bytes() {
    if (pieces.isEmpty()) {
      return Arrays.copyOfRange(small, start, end);
    }
    byte[] all = new byte[total];
    int at = 0;
    for (Piece piece : pieces) {
      System.arraycopy(piece.bytes, piece.from, all, at, piece.length);
      at += piece.length;
    }
    System.arraycopy(small, start, all, at, end - start);
    return all;
  }
}
