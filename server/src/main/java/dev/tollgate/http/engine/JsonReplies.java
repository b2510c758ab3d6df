package dev.tollgate.http.engine;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a reply's body, on the thread of its handler. */
final class JsonReplies {

  /** A reply as bytes. */
  record Encoded(
      int status, @Nullable Buffer body, String contentType, Map<String, String> headers) {}

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
          case Object value -> Buffer.buffer(json.writeValueAsBytes(value));
        };
    return new Encoded(reply.status(), body, reply.contentType(), reply.headers());
  }
}
