package dev.tollgate.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tollgate.kernel.Failure;
import io.vertx.core.net.PfxOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a pinned address: the certificate must be that of the host, whatever the address. */
class PinnedTlsIT {

  private static final String WORD = "changeit";

  @TempDir Path directory;

  @Test
  void verifiesTheHostOfTheUrlAtThePinnedAddress() throws Exception {
    Path store = certificate();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try (Egress egress =
        Egress.open(
            List.of(AddressRange.parse("127.0.0.1")),
            host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")},
            Duration.ofSeconds(2),
            new PfxOptions().setPath(store.toString()).setPassword(WORD))) {
      int port = server.getAddress().getPort();
      assertThat(egress.fetch(get("https://named.test:" + port + "/")).status()).isEqualTo(204);
      assertThatThrownBy(() -> egress.fetch(get("https://other.test:" + port + "/")))
          .isInstanceOf(Failure.class);
      assertThatThrownBy(() -> egress.fetch(get("https://127.0.0.1:" + port + "/")))
          .isInstanceOf(Failure.class);
    } finally {
      server.stop(0);
    }
  }

  private static Fetch get(String url) {
    return Fetch.get(URI.create(url), Map.of(), 1_000, Duration.ofSeconds(10));
  }

  private Path certificate() throws Exception {
    Path store = directory.resolve("named.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                "named",
                "-dname",
                "CN=named.test",
                "-ext",
                "san=dns:named.test",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                WORD)
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return store;
  }

  private static SSLContext context(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, WORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, WORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
