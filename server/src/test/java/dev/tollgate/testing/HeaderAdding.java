package dev.tollgate.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;

/** A proxy that adds a bearer's key, for clients that cannot; all else goes through as it is. */
public final class HeaderAdding implements AutoCloseable {

  private static final int CONNECTIONS = 64;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final HttpServer server;
  private final URI target;
  private final String key;

  /** Listens before {@code target}, whose path it takes over. */
  public HeaderAdding(URI target, String key) {
    this.target = target;
    this.key = key;
    this.client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    this.server =
        vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1").await();
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort() + target.getPath();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  private void handle(HttpServerRequest came) {
    came.pause();
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(target.getPort(), target.getHost()))
            .setHost(target.getHost())
            .setPort(target.getPort())
            .setMethod(came.method())
            .setURI(came.uri());
    var _ =
        client
            .request(options)
            .compose(onward -> send(came, onward))
            .compose(answer -> answer(answer, came.response()))
            .onFailure(_ -> came.connection().close());
  }

  private Future<HttpClientResponse> send(HttpServerRequest came, HttpClientRequest onward) {
    onward.headers().setAll(came.headers()).set("authorization", "Bearer " + key);
    came.response().closeHandler(_ -> onward.reset());
    return onward.send(came);
  }

  private static Future<Void> answer(HttpClientResponse answer, HttpServerResponse response) {
    response.setStatusCode(answer.statusCode());
    response.headers().setAll(answer.headers());
    return answer.pipeTo(response);
  }
}
