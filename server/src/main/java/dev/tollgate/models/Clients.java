package dev.tollgate.models;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP client a provider, of one event loop.
 *
 * <p>Kept here by a strong reference: a client that nothing refers to closes its pool.
 */
final class Clients {

  /** Below what servers commonly keep an idle connection for, so that they do not close first. */
  private static final int KEEP_ALIVE_SECONDS = 45;

  private static final int WAITING = 4_096;
  private static final int HEADER_BYTES = 64 * 1024;

  private final List<HttpClientAgent> clients = new ArrayList<>();

  Clients(Vertx vertx, List<Provider> providers) {
    for (Provider provider : providers) {
      clients.add(client(vertx, provider));
    }
  }

  private static HttpClientAgent client(Vertx vertx, Provider provider) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setTcpNoDelay(true)
            .setSsl(provider.tls())
            .setVerifyHost(provider.tls())
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setDecompressionSupported(true)
            .setMaxHeaderSize(HEADER_BYTES)
            .setConnectTimeout((int) provider.config().connectTimeout().toMillis());
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(provider.config().connections())
            .setMaxWaitQueueSize(WAITING)
            .setMaxLifetime(30)
            .setMaxLifetimeUnit(TimeUnit.MINUTES);
    return vertx.createHttpClient(options, pool);
  }

  HttpClientAgent of(Provider provider) {
    return clients.get(provider.index());
  }
}
