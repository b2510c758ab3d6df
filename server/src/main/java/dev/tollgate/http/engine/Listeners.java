package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** How a listener is set up, and what it says to what is not HTTP. */
final class Listeners {

  private static final byte[] PROOF = {1, 2, 3};

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

  /**
   * Looks whether certificate and private key can be read and belong together.
   *
   * @throws Failure INVALID_REQUEST; it names what is wrong
   */
  static void requirePair(Vertx vertx, FrontDoorConfig.Tls tls) {
    boolean pair;
    try {
      pair = isPair(vertx, tls);
    } catch (Exception unreadable) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "listen.tls: the certificate %s or the private key %s cannot be read: %s"
              .formatted(tls.certificate(), tls.privateKey(), unreadable.getMessage()),
          unreadable);
    }
    if (!pair) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "listen.tls: the private key %s is not that of the certificate %s"
              .formatted(tls.privateKey(), tls.certificate()));
    }
  }

  private static boolean isPair(Vertx vertx, FrontDoorConfig.Tls tls) throws Exception {
    for (KeyManager manager : keys(tls).getKeyManagerFactory(vertx).getKeyManagers()) {
      if (manager instanceof X509KeyManager known) {
        for (String type : List.of("RSA", "EC", "EdDSA", "Ed25519", "RSASSA-PSS")) {
          String[] aliases = known.getServerAliases(type, null);
          if (aliases != null && aliases.length > 0) {
            return isPair(known.getPrivateKey(aliases[0]), known.getCertificateChain(aliases[0]));
          }
        }
      }
    }
    return false;
  }

  private static boolean isPair(PrivateKey key, X509Certificate[] chain)
      throws GeneralSecurityException {
    if (key instanceof RSAKey own && chain[0].getPublicKey() instanceof RSAKey certified) {
      return own.getModulus().equals(certified.getModulus());
    }
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : key.getAlgorithm();
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(PROOF);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(chain[0]);
    verifying.update(PROOF);
    return verifying.verify(signing.sign());
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
