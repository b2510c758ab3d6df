package dev.tollgate.models;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;

/**
 * Splits a stream of bytes into server-sent events (HTML Living Standard, section 9.2), whole ones
 * only: a client can act on no less, and nothing is decided on half of one.
 *
 * <p>Lines end by LF, CR LF or CR; an event by an empty line. An event beyond the bound is an error
 * of the upstream.
 */
final class ServerSentEvents {

  /** What to do with events as they come. */
  interface Sink {
    /** One event: {@code bytes[from, to)}, its empty line included. */
    void event(byte[] bytes, int from, int to);
  }

  private final int bound;
  private byte[] bytes = new byte[4 * 1024];
  private int from;
  private int scanned;
  private int end;

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
      end = 0;
    }
    if (end + size > bytes.length) {
      int kept = end - from;
      byte[] target =
          kept + size > bytes.length ? new byte[Math.max(kept + size, bytes.length * 2)] : bytes;
      System.arraycopy(bytes, from, target, 0, kept);
      scanned -= from;
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
      int line = lineEnd(at);
      if (line < 0) {
        break;
      }
      if (line == end && bytes[line - 1] == '\r') {
        // A line feed may still follow, in the next chunk.
        break;
      }
      int following = lineEndAt(line);
      if (following > line && (following < end || bytes[following - 1] == '\n')) {
        scanned = following;
        return following;
      }
      at = line;
    }
    scanned = Math.max(from, at - 2);
    return -1;
  }

  /** The byte after the end of the line that {@code at} is in, or -1. */
  private int lineEnd(int at) {
    for (int i = at; i < end; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        return lineEndAt(i);
      }
    }
    return -1;
  }

  /** The byte after a line's end that stands at {@code at}; {@code at} itself where none does. */
  private int lineEndAt(int at) {
    if (at >= end) {
      return at;
    }
    if (bytes[at] == '\n') {
      return at + 1;
    }
    if (bytes[at] == '\r') {
      return at + 1 < end && bytes[at + 1] == '\n' ? at + 2 : at + 1;
    }
    return at;
  }
}
