package dev.tollgate.models;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Splits a stream of bytes into server-sent events (HTML Living Standard, section 9.2), whole ones
 * only: a client can act on no less, and nothing is decided on half of one.
 *
 * <p>Lines end by LF, CR LF or CR; an event by an empty line. Every byte is looked at once, however
 * the event arrives. An event beyond the bound is an error of the upstream.
 */
final class ServerSentEvents {

  /** What to do with events as they come. */
  interface Sink {
    /** One event: {@code bytes[from, to)}, its empty line included. */
    void event(byte[] bytes, int from, int to);
  }

  private static final byte[] DATA = Bytes.ascii("data:");

  private final int bound;
  private byte[] bytes = new byte[4 * 1024];
  private int from;
  private int scanned;
  private int line;
  private int end;
  private int dataLines;
  private boolean folded;

  ServerSentEvents(int bound) {
    this.bound = bound;
  }

  /** Takes a chunk and hands every event that is now whole to {@code sink}; false: too long. */
  boolean feed(Buffer chunk, Sink sink) {
    append(((BufferInternal) chunk).getByteBuf());
    for (int to = next(); to >= 0; to = next()) {
      int begin = from;
      from = to;
      sink.event(bytes, begin, to);
    }
    return end - from <= bound;
  }

  /** What came after the last whole event. */
  Buffer rest() {
    return Buffer.buffer(Arrays.copyOfRange(bytes, from, end));
  }

  private void append(ByteBuf chunk) {
    int size = chunk.readableBytes();
    if (from == end) {
      from = 0;
      scanned = 0;
      line = 0;
      end = 0;
    }
    if (end + size > bytes.length) {
      int kept = end - from;
      byte[] target =
          kept + size > bytes.length ? new byte[Math.max(kept + size, bytes.length * 2)] : bytes;
      System.arraycopy(bytes, from, target, 0, kept);
      scanned -= from;
      line -= from;
      from = 0;
      end = kept;
      bytes = target;
    }
    chunk.getBytes(chunk.readerIndex(), bytes, end, size);
    end += size;
  }

  /** The end of the first whole event, or -1. */
  private int next() {
    int at = scanned;
    while (at < end) {
      byte one = bytes[at];
      if (one != '\n' && one != '\r') {
        at++;
        continue;
      }
      if (one == '\r' && at + 1 == end) {
        // A line feed may still follow, in the next chunk.
        break;
      }
      boolean empty = at == line;
      dataLines += Bytes.stands(bytes, line, at, DATA) ? 1 : 0;
      at += one == '\r' && bytes[at + 1] == '\n' ? 2 : 1;
      line = at;
      if (empty) {
        folded = dataLines > 1;
        dataLines = 0;
        scanned = at;
        return at;
      }
    }
    scanned = at;
    return -1;
  }

  /** Whether the data of the event that was handed out last are in several lines. */
  boolean folded() {
    return folded;
  }

  /**
   * An event with its data in one line: where they were broken there is a blank, which is the same
   * in JSON.
   */
  static byte[] unfolded(byte[] bytes, int from, int to) {
    ByteArrayOutputStream others = new ByteArrayOutputStream();
    ByteArrayOutputStream data = new ByteArrayOutputStream(to - from);
    int begin = from;
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\n' || bytes[at] == '\r') {
        if (Bytes.stands(bytes, begin, at, DATA)) {
          data.write(' ');
          data.write(bytes, begin + DATA.length, at - begin - DATA.length);
        } else if (at > begin) {
          others.write(bytes, begin, at - begin);
          others.write('\n');
        }
        begin = at + 1;
      }
    }
    others.writeBytes(DATA);
    others.writeBytes(data.toByteArray());
    others.write('\n');
    others.write('\n');
    return others.toByteArray();
  }
}
