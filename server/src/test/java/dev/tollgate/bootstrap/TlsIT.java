package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.http.engine.FrontDoorConfig;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener over TLS: HTTP/2 by ALPN, and a certificate that is renewed while it serves. */
class TlsIT {

  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path directory;

  @Test
  void speaksHttp2AndTakesARenewedCertificate() throws Exception {
    KeyStore first = certificate("first");
    try (TestGateway gateway = TestGateway.start(wishes -> wishes.door(overTls(wishes.door())))) {
      URI live = URI.create("https://127.0.0.1:" + gateway.port() + "/health/live");
      try (HttpClient client = trusting(first)) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
      KeyStore second = certificate("second");
      gateway.reloadCertificates();
      try (HttpClient client = trusting(second)) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.sslSession().orElseThrow().getPeerCertificates()[0])
            .isEqualTo(second.getCertificate("second"));
      }
    }
  }

  /** A renewal writes one file after the other. */
  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void keepsItsCertificateWhileTheFilesDoNotBelongTogether(String algorithm) throws Exception {
    KeyStore first = certificate("first", algorithm);
    byte[] key = Files.readAllBytes(directory.resolve("key.pem"));
    try (TestGateway gateway = TestGateway.start(wishes -> wishes.door(overTls(wishes.door())))) {
      certificate("second", algorithm);
      Files.write(directory.resolve("key.pem"), key);

      assertThatThrownBy(gateway::reloadCertificates)
          .isInstanceOf(Failure.class)
          .hasMessageContaining("is not that of the certificate");

      URI live = URI.create("https://127.0.0.1:" + gateway.port() + "/health/live");
      try (HttpClient client = trusting(first)) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void commandsTrustWhomTheyAreTold() throws Exception {
    certificate("own");
    try (TestGateway gateway = TestGateway.start(wishes -> wishes.door(overTls(wishes.door())))) {
      URI here = URI.create("https://127.0.0.1:" + gateway.port());
      Secret key = new Secret(TestGateway.ADMIN_KEY);

      assertThatThrownBy(() -> new AdministrationClient(here, key, null).get("/organizations"))
          .hasMessageContaining("is not trusted here")
          .hasMessageContaining("--ca");
      assertThat(
              new AdministrationClient(here, key, directory.resolve("certificate.pem"))
                  .all("/organizations"))
          .isEmpty();
    }
    Files.writeString(directory.resolve("none.pem"), "");
    assertThatThrownBy(() -> Authorities.of(directory.resolve("none.pem")))
        .hasMessageContaining("no certificate in");
    assertThatThrownBy(() -> Authorities.of(directory.resolve("missing.pem")))
        .hasMessageContaining("there is no ");
  }

  private FrontDoorConfig overTls(FrontDoorConfig door) {
    return new FrontDoorConfig(
        door.host(),
        door.port(),
        new FrontDoorConfig.Tls(
            directory.resolve("certificate.pem"), directory.resolve("key.pem"), null),
        door.headerBytes(),
        door.bodyBytes(),
        door.bodiesInFlight(),
        door.requestTimeout(),
        door.notice(),
        door.drain(),
        door.loops());
  }

  /** Makes a self-signed certificate with the JDK's own tool and writes it where the door reads. */
  private KeyStore certificate(String alias) throws Exception {
    return certificate(alias, "EC");
  }

  private KeyStore certificate(String alias, String algorithm) throws Exception {
    Path file = directory.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    write("key.pem", "PRIVATE KEY", store.getKey(alias, PASSWORD).getEncoded());
    write("certificate.pem", "CERTIFICATE", store.getCertificate(alias).getEncoded());
    return store;
  }

  private void write(String name, String kind, byte[] der) throws IOException {
    String pem =
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + kind
            + "-----\n";
    Files.writeString(directory.resolve(name), pem);
  }

  private static HttpClient trusting(KeyStore made) throws GeneralSecurityException, IOException {
    String alias = made.aliases().nextElement();
    Certificate certificate = made.getCertificate(alias);
    assertThat(certificate).isInstanceOf(X509Certificate.class);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(alias, certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}
