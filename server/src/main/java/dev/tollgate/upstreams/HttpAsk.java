package dev.tollgate.upstreams;

import dev.tollgate.egress.Pinned;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.EventStream;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to a server: sent once, its answer read as a whole or event by event, within
 * bounds. Lives on its event loop. Redirects are not followed: where a server is, is its
 * connector's to say.
 */
final class HttpAsk {

  /** The most of a refusal's body that is read. */
  private static final int REFUSAL_BYTES = 64 * 1024;

  private final Target target;
  private final HttpAnswers answers;
  private final int bound;

  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private boolean sent;
  private boolean over;
  private boolean paused;

  HttpAsk(Target target, int bound, HttpAnswers answers) {
    this.target = target;
    this.bound = bound;
    this.answers = answers;
  }

  void send(
      HttpClient client,
      HttpMethod method,
      Pinned where,
      Map<String, String> headers,
      @Nullable Buffer body) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setServer(
                SocketAddress.inetSocketAddress(
                    new InetSocketAddress(where.addresses().getFirst(), where.port())))
            .setHost(where.host())
            .setPort(where.port())
            .setSsl(where.tls())
            .setURI(path(where.url()))
            .setConnectTimeout(target.patience().connect().toMillis());
    headers.forEach(options::putHeader);
    request(client, options)
        .compose(opened -> write(opened, body))
        .onComplete(this::head, this::lost);
  }

  private static Future<HttpClientRequest> request(HttpClient client, RequestOptions options) {
    try {
      return client.request(options);
    } catch (IllegalStateException closed) {
      // The gateway ends.
      return Future.failedFuture(closed);
    }
  }

  private static String path(URI url) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  private Future<HttpClientResponse> write(HttpClientRequest opened, @Nullable Buffer body) {
    request = opened;
    // What fails fails the answer's future too; without this, Vert.x logs each cancel as an error.
    opened.exceptionHandler(known -> {});
    if (over) {
      opened.reset();
      return Future.failedFuture("cancelled before it was sent");
    }
    sent = true;
    return body == null ? opened.send() : opened.send(body);
  }

  private void head(HttpClientResponse head) {
    if (over) {
      return;
    }
    response = head;
    if (paused) {
      head.pause();
    }
    head.exceptionHandler(this::lost);
    String type = head.getHeader(HttpHeaders.CONTENT_TYPE);
    String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
    if (head.statusCode() / 100 != 2) {
      new Whole(head, REFUSAL_BYTES, true) {
        @Override
        void complete(byte[] bytes) {
          over = true;
          answers.refused(head.statusCode(), head.headers(), bytes);
        }
      }.read();
    } else if (kind.startsWith("text/event-stream")) {
      answers.accepted(head.statusCode(), head.headers());
      stream(head);
    } else if (kind.contains("json") || head.statusCode() == 202 || head.statusCode() == 204) {
      answers.accepted(head.statusCode(), head.headers());
      whole(head);
    } else {
      fail(ErrorCode.UPSTREAM_INVALID, "answered with " + (kind.isEmpty() ? "no type" : kind));
    }
  }

  private void whole(HttpClientResponse head) {
    new Whole(head, bound, false) {
      @Override
      void complete(byte[] bytes) {
        answers.body(bytes);
        end(null);
      }
    }.read();
  }

  private void stream(HttpClientResponse head) {
    EventStream events = new EventStream(bound);
    head.endHandler(ended -> end(null));
    head.handler(chunk -> {
      if (over) {
        return;
      }
      try {
        events.feed(
            chunk.getBytes(),
            event -> {
              if (!over) {
                answers.event(event);
              }
            });
      } catch (RpcError tooLong) {
        fail(ErrorCode.UPSTREAM_INVALID, String.valueOf(tooLong.getMessage()));
      }
    });
  }

  /** A body that is read to its end. */
  private abstract class Whole {

    private final HttpClientResponse head;
    private final int most;
    private final boolean cut;
    private final Buffer bytes = Buffer.buffer();

    Whole(HttpClientResponse head, int most, boolean cut) {
      this.head = head;
      this.most = most;
      this.cut = cut;
    }

    abstract void complete(byte[] bytes);

    void read() {
      head.endHandler(ended -> finish());
      head.handler(chunk -> {
        if (over) {
          return;
        }
        bytes.appendBuffer(chunk);
        if (bytes.length() > most) {
          tooLong();
        }
      });
    }

    private void tooLong() {
      if (cut) {
        finish();
        reset();
      } else {
        fail(ErrorCode.UPSTREAM_INVALID, "sent more than the " + most + " bytes that are taken");
      }
    }

    private void finish() {
      if (!over) {
        complete(bytes.length() > most ? bytes.getBytes(0, most) : bytes.getBytes());
      }
    }
  }

  private void lost(Throwable cause) {
    if (!over) {
      end(Failure.of(code(cause), "connector " + target.name() + what(cause), cause));
    }
  }

  private ErrorCode code(Throwable cause) {
    if (sent) {
      return ErrorCode.UPSTREAM_INVALID;
    }
    return cause instanceof ConnectionPoolTooBusyException
        ? ErrorCode.OVERLOADED
        : ErrorCode.UPSTREAM_UNREACHABLE;
  }

  private String what(Throwable cause) {
    if (sent) {
      return " closed the connection";
    }
    return cause instanceof ConnectionPoolTooBusyException
        ? " is waited for by too many; try again soon"
        : " cannot be reached";
  }

  private void fail(ErrorCode code, String why) {
    end(Failure.of(code, "connector " + target.name() + " " + why));
    reset();
  }

  private void end(@Nullable Failure failure) {
    if (!over) {
      over = true;
      answers.ended(failure, sent);
    }
  }

  /** Ends it unheard. */
  void cancel() {
    over = true;
    reset();
  }

  private void reset() {
    if (request != null) {
      request.reset();
    }
  }

  void pause() {
    paused = true;
    if (response != null && !over) {
      response.pause();
    }
  }

  void resume() {
    paused = false;
    if (response != null && !over) {
      response.resume();
    }
  }
}
