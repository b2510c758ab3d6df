package dev.tollgate.models;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/** A body that is read and forwarded, and never changed or copied. */
public final class BodyBytes {

  private final byte[] bytes;

  private BodyBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps {@code bytes}, which nobody may change from now on. */
  public static BodyBytes of(byte[] bytes) {
    return new BodyBytes(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  Buffer buffer() {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
