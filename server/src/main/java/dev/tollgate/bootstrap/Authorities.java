package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom a command takes certificates from, where it is not whom the JVM does. */
final class Authorities {

  private Authorities() {}

  /**
   * One that takes those of {@code file}, in PEM: an authority's, or a certificate that signed
   * itself.
   *
   * @throws Failure INVALID_REQUEST when the file has none
   */
  static SSLContext of(Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore taken = KeyStore.getInstance(KeyStore.getDefaultType());
      taken.load(null, null);
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        taken.setCertificateEntry("ca-" + taken.size(), each);
      }
      if (taken.size() == 0) {
        throw Failure.of(ErrorCode.INVALID_REQUEST, "--ca: there is no certificate in " + file);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(taken);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST, "--ca: cannot read " + file + ": " + PrivateFiles.why(e), e);
    } catch (GeneralSecurityException e) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "--ca: " + file + " is no certificate in PEM", e);
    }
  }
}
