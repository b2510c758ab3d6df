package dev.tollgate.http.engine;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a reply's body, on the thread of its handler. */
final class JsonReplies {

  /**
   * A reply as bytes.
   *
   * @param rest what comes after {@code body}; null: nothing
   */
  record Encoded(
      int status,
      @Nullable Buffer body,
      String contentType,
      Map<String, String> headers,
      Reply.@Nullable Parts rest) {}

  private final JsonMapper json =
      JsonMapper.builder()
          .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  Encoded encode(Reply reply) {
    Buffer body =
        switch (reply.body()) {
          case null -> null;
          case byte[] bytes -> Buffer.buffer(bytes);
          case String text -> Buffer.buffer(text);
          case Reply.Parts parts -> next(parts);
          case Object value -> Buffer.buffer(json.writeValueAsBytes(value));
        };
    Reply.Parts rest = reply.body() instanceof Reply.Parts parts ? parts : null;
    return new Encoded(reply.status(), body, reply.contentType(), reply.headers(), rest);
  }

  /** The next part; null at the end. */
  static @Nullable Buffer next(Reply.Parts parts) {
    byte[] bytes = parts.next();
    return bytes == null ? null : Buffer.buffer(bytes);
  }
}
