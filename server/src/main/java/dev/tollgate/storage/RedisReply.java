package dev.tollgate.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table that a script returned, place by place from 0. */
public final class RedisReply {

  private final List<?> values;

  RedisReply(List<?> values) {
    this.values = values;
  }

  /** Bytes; null where the script said nothing or a number. */
  public byte @Nullable [] bytes(int place) {
    return place < values.size() && values.get(place) instanceof byte[] bytes ? bytes : null;
  }

  /** Text in UTF-8; null where the script said nothing or a number. */
  public @Nullable String text(int place) {
    byte[] bytes = bytes(place);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  /** A number; 0 where the script said none. */
  public long number(int place) {
    return place < values.size() && values.get(place) instanceof Long number ? number : 0;
  }
}
