package dev.tollgate.bootstrap;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where Tollgate is reached. */
@Section
record ListenSection(
    @Key(about = "The address to listen at; 0.0.0.0 for all.", preset = "127.0.0.1") String host,
    @Key(about = "The port; 0 for any that is free.", preset = "8080") int port,
    @Key(
            about =
                """
                Where browsers, MCP clients and authorization servers reach Tollgate; OAuth needs
                it. Without: the listener itself where that is loopback, else not known.\
                """,
            example = "https://tollgate.example.com")
        @Nullable URI publicUrl,
    @Key(
            about =
                """
                Where the other nodes of the same installation reach this one. Without: where it
                listens; where that is everywhere, at the machine's own address.\
                """,
            example = "http://10.0.0.7:8080")
        @Nullable URI nodeUrl,
    @Key(about = "TLS; read again when the files change.") @Nullable Tls tls) {

  ListenSection {
    Checks.port("port", port);
    Checks.that(
        publicUrl == null
            || (publicUrl.getRawQuery() == null && publicUrl.getRawFragment() == null),
        "public-url must have neither a query nor a fragment");
    Checks.that(
        nodeUrl == null || (nodeUrl.getHost() != null && nodeUrl.getPort() > 0),
        "node-url must have a host and a port");
  }

  /** Certificates in PEM. */
  @Section
  record Tls(
      @Key(about = "The certificate and its chain, in PEM.", example = "/etc/tollgate/tls.crt")
          Path certificate,
      @Key(about = "Its private key, in PEM.", example = "/etc/tollgate/tls.key") Path privateKey,
      @Key(
              about = "Ask clients for a certificate by this authority (mutual TLS).",
              example = "/etc/tollgate/clients.crt")
          @Nullable Path clientCa) {}
}
