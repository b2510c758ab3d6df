package dev.tollgate.egress;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs may be connected to, and at which address.
 *
 * <p>A URL passes when its scheme is https, it holds no credentials, and every address of its host
 * belongs to the open internet or to a range that the operator allowed; within such a range http
 * passes too. Thread-safe.
 */
public final class Egress implements AutoCloseable {

  /** More redirects than this are refused. */
  public static final int REDIRECTS = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final List<AddressRange> allowed;
  private final LookUps lookUps;
  private final Fetcher fetcher;

  private Egress(List<AddressRange> allowed, LookUps lookUps, Fetcher fetcher) {
    this.allowed = List.copyOf(allowed);
    this.lookUps = lookUps;
    this.fetcher = fetcher;
  }

  /**
   * Opens the room.
   *
   * @param allowed ranges that pass although they are not of the open internet
   */
  public static Egress open(List<AddressRange> allowed) {
    return open(allowed, InetAddress::getAllByName, PATIENCE, null);
  }

  static Egress open(
      List<AddressRange> allowed,
      Resolver resolver,
      Duration patience,
      @Nullable TrustOptions trust) {
    return new Egress(allowed, new LookUps(resolver, patience), new Fetcher(trust));
  }

  /**
   * Reads and checks the form of a URL that is to be kept; what its host means is asked at each
   * connection.
   *
   * @throws Failure INVALID_REQUEST that names {@code url}
   */
  public static URI parse(String text) {
    try {
      return Target.of(new URI(text)).url();
    } catch (URISyntaxException malformed) {
      throw Target.refused("is malformed: " + malformed.getReason());
    }
  }

  /**
   * The same, and checks an address where the host is one: what would be refused at each connection
   * is refused at once.
   *
   * @throws Failure INVALID_REQUEST that names {@code url}
   */
  public URI kept(String text) {
    URI url = parse(text);
    Target target = Target.of(url);
    InetAddress literal = target.literal();
    if (literal != null) {
      admit(target, List.of(literal), 0);
    }
    return url;
  }

  /**
   * Checks a URL and resolves its host, within three seconds. Never blocks.
   *
   * @return fails with a {@link Failure}: INVALID_REQUEST for a URL that is refused,
   *     UPSTREAM_UNREACHABLE for a name that does not resolve, UPSTREAM_TIMEOUT, or OVERLOADED
   */
  public CompletionStage<Pinned> check(URI url) {
    return pin(url, 0);
  }

  /** The same, blocking. */
  public Pinned checkNow(URI url) {
    return Stages.await(pin(url, 0), PATIENCE.multipliedBy(2));
  }

  /**
   * Checks where a redirect leads.
   *
   * @param location the {@code Location} header (RFC 9110, section 10.2.2)
   * @return fails as {@link #check} does, with UPSTREAM_INVALID in place of INVALID_REQUEST, also
   *     for the sixth redirect and for one from https to http
   */
  public CompletionStage<Pinned> redirect(Pinned from, String location) {
    if (from.redirects() >= REDIRECTS) {
      return CompletableFuture.failedFuture(invalid("more than " + REDIRECTS + " redirects", null));
    }
    return to(from, location)
        .exceptionallyCompose(
            thrown -> CompletableFuture.failedFuture(afterRedirect(Stages.cause(thrown))));
  }

  private CompletableFuture<Pinned> to(Pinned from, String location) {
    URI next;
    try {
      next = from.url().resolve(new URI(location.split("#", 2)[0]));
    } catch (URISyntaxException malformed) {
      return CompletableFuture.failedFuture(Target.refused("is malformed"));
    }
    if (from.tls() && !"https".equalsIgnoreCase(next.getScheme())) {
      return CompletableFuture.failedFuture(Target.refused("must begin with https://"));
    }
    return pin(next, from.redirects() + 1);
  }

  private static Throwable afterRedirect(Throwable thrown) {
    return thrown instanceof Failure failure && failure.code() == ErrorCode.INVALID_REQUEST
        ? invalid("a redirect that is refused: " + failure.getMessage(), failure)
        : thrown;
  }

  private static Failure invalid(String what, @Nullable Throwable cause) {
    String message = "the server answered with " + what;
    return cause == null
        ? Failure.of(ErrorCode.UPSTREAM_INVALID, message)
        : Failure.of(ErrorCode.UPSTREAM_INVALID, message, cause);
  }

  private CompletableFuture<Pinned> pin(URI url, int redirects) {
    try {
      Target target = Target.of(url);
      InetAddress literal = target.literal();
      return literal != null
          ? CompletableFuture.completedFuture(admit(target, List.of(literal), redirects))
          : lookUps.find(target.host()).thenApply(found -> admit(target, found, redirects));
    } catch (Failure refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** One address out of bounds refuses them all: a client could be led from one to the other. */
  private Pinned admit(Target target, List<InetAddress> addresses, int redirects) {
    for (InetAddress address : addresses) {
      boolean named = allowed.stream().anyMatch(range -> range.contains(address));
      if (!named && !PublicAddresses.contains(address)) {
        throw Target.refused(
            "leads to an address that is not of the open internet; the operator may allow it under"
                + " connectors.allow-private-addresses");
      }
      if (!named && !target.tls()) {
        throw Target.refused("must begin with https://");
      }
    }
    return new Pinned(
        target.url(), addresses, target.host(), target.port(), target.tls(), redirects);
  }

  /**
   * Checks, connects, asks and reads the answer whole. Blocks, at most for its deadline.
   *
   * @throws Failure as {@link #check} and {@link #redirect} do; UPSTREAM_UNREACHABLE when there is
   *     no connection, so that nothing was sent; UPSTREAM_INVALID when it breaks, or the answer is
   *     no HTTP or too large; UPSTREAM_TIMEOUT at the deadline
   */
  public Fetched fetch(Fetch fetch) {
    return Stages.await(fetcher.run(this, fetch), fetch.deadline());
  }

  @Override
  public void close() {
    lookUps.close();
    fetcher.close();
  }
}
