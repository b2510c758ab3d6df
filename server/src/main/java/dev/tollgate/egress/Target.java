package dev.tollgate.egress;

import dev.tollgate.kernel.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a URL names, by its form alone.
 *
 * @param literal the address, where the host is one
 */
record Target(URI url, String host, int port, boolean tls, @Nullable InetAddress literal) {

  private static final int LONGEST = 2_048;
  private static final int LONGEST_HOST = 253;

  /** What some programs take for an IPv4 address (WHATWG URL, "ends in a number"). */
  private static final Pattern NUMERIC =
      Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)", Pattern.CASE_INSENSITIVE);

  private static final Pattern DOTTED =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  /**
   * Reads a URL.
   *
   * @throws Failure INVALID_REQUEST that names {@code url}
   */
  static Target of(URI url) {
    require(url.toString().length() <= LONGEST, "has more than " + LONGEST + " characters");
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    require(tls || "http".equalsIgnoreCase(url.getScheme()), "must begin with https://");
    require(url.getRawUserInfo() == null, "must not hold a user or a password");
    require(url.getRawFragment() == null, "must not have a fragment");
    String host = url.getHost();
    if (host == null) {
      throw refused(
          "has no host that is a name or an address in its usual form (an international name is"
              + " written in ASCII, as xn--…)");
    }
    int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
    require(port >= 1 && port <= 65_535, "has no port between 1 and 65535");
    return host.startsWith("[") ? six(url, host, port, tls) : named(url, host, port, tls);
  }

  private static Target six(URI url, String host, int port, boolean tls) {
    String inside = host.substring(1, host.length() - 1);
    require(inside.indexOf('%') < 0, "must not name a zone of this machine");
    return new Target(url, inside, port, tls, literal(inside));
  }

  private static Target named(URI url, String written, int port, boolean tls) {
    String host = written.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (NUMERIC.matcher(host).matches()) {
      require(DOTTED.matcher(host).matches(), "has an address that is not four decimal numbers");
      return new Target(url, host, port, tls, literal(host));
    }
    require(host.length() <= LONGEST_HOST && NAME.matcher(host).matches(), "has a malformed host");
    return new Target(url, host, port, tls, null);
  }

  private static InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException malformed) {
      throw refused("has a malformed address");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw refused(otherwise);
    }
  }

  static Failure refused(String why) {
    return Failure.invalid("url", "the URL " + why);
  }
}
