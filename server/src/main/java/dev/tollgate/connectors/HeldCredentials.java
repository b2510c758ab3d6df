package dev.tollgate.connectors;

import dev.tollgate.catalogue.AuthKind;
import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.Place;
import dev.tollgate.credentials.Authorization;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Authority;
import io.vertx.core.Future;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * With whose credential a caller reaches a connector, and what happens where a server refuses it.
 */
final class HeldCredentials {

  /**
   * What goes into the keys of pools and caches, and the way to the headers.
   *
   * @param identity names the credential; empty: there is none
   */
  record Held(String identity, long version, Authority authority) {
    static final Held NONE = new Held("", 0, Authority.NONE);
  }

  private final Credentials credentials;

  HeldCredentials(Credentials credentials) {
    this.credentials = credentials;
  }

  /** That of a caller for a connector; where there is none that can be used, its headers fail. */
  Future<Held> of(OrgScope scope, Connector connector) {
    if (connector.auth() == AuthKind.NONE) {
      return Future.succeededFuture(Held.NONE);
    }
    Authorization known = credentials.cached(scope, connector.id());
    return known != null
        ? Future.succeededFuture(held(scope, connector, known))
        : Blocking.run("credential-load", () -> credentials.current(scope, connector.id()))
            .map(read -> held(scope, connector, read));
  }

  private Held held(OrgScope scope, Connector connector, Authorization found) {
    URI url = connector.place() instanceof Place.Url(URI where, boolean _) ? where : null;
    return switch (found) {
      case Authorization.Granted granted when url != null && !granted.covers(url) ->
          refused(
              granted.credential().toString(),
              lapsed(connector, "its credential is for another address"));
      case Authorization.Granted granted ->
          new Held(
              granted.credential().toString(),
              granted.version(),
              new Holder(scope, connector.id(), url, granted));
      case Authorization.Missing _ -> refused("", missing(connector));
      case Authorization.NeedsReauthorization(UUID credential, String problem) ->
          refused(credential.toString(), lapsed(connector, problem));
    };
  }

  private static Held refused(String identity, Failure why) {
    return new Held(identity, 0, () -> Future.failedFuture(why));
  }

  private static Failure missing(Connector connector) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the connector "
            + connector.name()
            + " has no credential yet; an administrator must connect it or give it a token");
  }

  private static Failure lapsed(Connector connector, String problem) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the connector " + connector.name() + " must be connected again: " + problem);
  }

  /** One caller's way to its headers; what was sent last is what a refusal is about. */
  private final class Holder implements Authority {

    private final OrgScope scope;
    private final UUID connector;
    private final @Nullable URI url;
    private volatile Authorization.Granted last;

    Holder(OrgScope scope, UUID connector, @Nullable URI url, Authorization.Granted first) {
      this.scope = scope;
      this.connector = connector;
      this.url = url;
      this.last = first;
    }

    @Override
    public Future<Map<String, String>> headers() {
      Authorization known = credentials.cached(scope, connector);
      return known == null
          ? Blocking.run("credential-load", () -> credentials.current(scope, connector))
              .map(this::used)
          : Future.succeededFuture(used(known));
    }

    /** What is for where the connector is by now is not sent to where it was. */
    private Map<String, String> used(Authorization found) {
      if (found instanceof Authorization.Granted granted && (url == null || granted.covers(url))) {
        last = granted;
      }
      return Map.of(last.header(), last.value().reveal());
    }

    @Override
    public Future<Boolean> refused(int status, @Nullable String challenge) {
      Authorization.Granted used = last;
      return Blocking.run(
              "credential-renewal",
              () ->
                  status == 403 && challenge != null
                      ? credentials.stepUp(scope, connector, used, challenge)
                      : credentials.rejected(scope, connector, used))
          .map(now -> now instanceof Authorization.Granted granted && !granted.equals(used));
    }
  }
}
