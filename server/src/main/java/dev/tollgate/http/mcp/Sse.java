package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Raw;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Event streams as they are written (HTML Living Standard, section 9.2). */
final class Sse {

  static final Buffer BEAT = Buffer.buffer(":\n\n");

  private Sse() {}

  /** Begins a stream that no proxy should hold back. */
  static void head(HttpServerResponse response, HttpVersion version) {
    response
        .setStatusCode(200)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-transform")
        .putHeader("x-accel-buffering", "no");
    if (version != HttpVersion.HTTP_2) {
      response.setChunked(true);
    }
  }

  /** One message. */
  static Buffer event(@Nullable String id, Raw message) {
    byte[] json = message.copy();
    for (int i = 0; i < json.length; i++) {
      // A line's end stands between tokens only, where a space says the same.
      if (json[i] == '\n' || json[i] == '\r') {
        json[i] = ' ';
      }
    }
    Buffer event = Buffer.buffer(json.length + 64);
    if (id != null) {
      event.appendString("id: ").appendString(id).appendString("\n");
    }
    return event.appendString("event: message\ndata: ").appendBytes(json).appendString("\n\n");
  }

  /** An event that carries nothing but where to come back to. */
  static Buffer priming(String id, @Nullable Long retryMillis) {
    String retry = retryMillis == null ? "" : "retry: " + retryMillis + "\n";
    return Buffer.buffer("id: " + id + "\n" + retry + "data: \n\n");
  }
}
