package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;

/** How a listener is set up, and what it says to what is not HTTP. */
final class Listeners {

  private Listeners() {}

  static HttpServerOptions options(FrontDoorConfig config) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setTcpNoDelay(true)
            .setMaxHeaderSize(config.headerBytes())
            .setMaxInitialLineLength(config.headerBytes())
            .setHandle100ContinueAutomatically(false)
            .setHttp2ClearTextEnabled(true)
            .setAcceptBacklog(4096);
    FrontDoorConfig.Tls tls = config.tls();
    if (tls != null) {
      options.setSsl(true).setUseAlpn(true).setKeyCertOptions(keys(tls));
      if (tls.clientAuthority() != null) {
        options
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertPath(tls.clientAuthority().toString()));
      }
    }
    return options;
  }

  private static PemKeyCertOptions keys(FrontDoorConfig.Tls tls) {
    return new PemKeyCertOptions()
        .addCertPath(tls.certificate().toString())
        .addKeyPath(tls.privateKey().toString());
  }

  /** Answers what the HTTP decoder gave up on, and closes: nothing after it can be trusted. */
  static void malformed(HttpServerRequest request, ErrorDialect dialect) {
    Throwable cause = request.decoderResult().cause();
    Failure failure =
        switch (cause) {
          case TooLongHttpHeaderException header ->
              Failure.of(ErrorCode.HEADERS_TOO_LARGE, "the headers are larger than is taken here");
          case TooLongHttpLineException line ->
              Failure.of(ErrorCode.HEADERS_TOO_LARGE, "the request line is longer than is taken");
          case null, default ->
              Failure.of(ErrorCode.INVALID_REQUEST, "this is not a well-formed HTTP request");
        };
    request.response().putHeader("connection", "close");
    Refusals.write(request, dialect, failure, RequestIds.accept(null));
    request.connection().close();
  }
}
