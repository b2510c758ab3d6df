package dev.tollgate.egress;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * A URL that may be connected to, and where: good for connections that are made now.
 *
 * @param url as it was asked for
 * @param addresses what its host resolved to, never empty, each within bounds; the first is to be
 *     tried first
 * @param host the name for TLS and for certificates; of an IPv6 address without brackets
 * @param port as in the URL, or its scheme's
 * @param tls whether the scheme is https
 * @param redirects how many redirects led here
 */
public record Pinned(
    URI url, List<InetAddress> addresses, String host, int port, boolean tls, int redirects) {

  public Pinned {
    addresses = List.copyOf(addresses);
  }

  /** What the {@code Host} header says: the port only where it is not the scheme's. */
  public String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : name + ":" + port;
  }

  /** Whether {@code other} is of the same scheme, host and port (RFC 6454). */
  public boolean sameOrigin(Pinned other) {
    return tls == other.tls && port == other.port && host.equalsIgnoreCase(other.host);
  }
}
