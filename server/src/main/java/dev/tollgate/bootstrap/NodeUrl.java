package dev.tollgate.bootstrap;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Where the other nodes of an installation reach this one. */
final class NodeUrl {

  private NodeUrl() {}

  /**
   * As the table of nodes has it.
   *
   * @param configured null: where it listens, on all addresses the machine's own
   */
  static String of(@Nullable URI configured, String host, int port, boolean tls) {
    if (configured != null) {
      return configured.toString().replaceAll("/+$", "");
    }
    String named = host.equals("0.0.0.0") || host.equals("::") ? own() : host;
    String inUrl = named.contains(":") ? "[" + named + "]" : named;
    return (tls ? "https://" : "http://") + inUrl + ":" + port;
  }

  private static String own() {
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException unnamed) {
      return InetAddress.getLoopbackAddress().getHostAddress();
    }
  }
}
