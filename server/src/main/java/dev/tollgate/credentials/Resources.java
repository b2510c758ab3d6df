package dev.tollgate.credentials;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;

/** URLs of servers as credentials are for them (RFC 8707, section 2; MCP, canonical URI). Pure. */
final class Resources {

  private Resources() {}

  /** Scheme, host and port, in lower case and without the port that is usual. */
  static String origin(URI url) {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost().toLowerCase(Locale.ROOT);
    boolean usual = url.getPort() < 0 || url.getPort() == (scheme.equals("https") ? 443 : 80);
    return scheme + "://" + host + (usual ? "" : ":" + url.getPort());
  }

  /** Without the slash at its end. */
  static String path(URI url) {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  static URI canonical(URI server) {
    return URI.create(origin(server) + path(server));
  }

  /** Whether {@code url} is the resource, or a part of it: below its path at the same origin. */
  static boolean covers(URI resource, URI url) {
    String above = path(resource);
    String asked = path(url);
    return origin(resource).equals(origin(url))
        && (asked.equals(above) || (asked.startsWith(above + "/") && plain(asked)));
  }

  /** Whether no part of a path could lead up again, however its server reads it. */
  private static boolean plain(String path) {
    String read = path.toLowerCase(Locale.ROOT).replace("%2e", ".");
    return !read.contains("%2f")
        && !read.contains("%5c")
        && Arrays.stream(read.split("/", -1))
            .noneMatch(part -> part.equals("..") || part.equals("."));
  }
}
