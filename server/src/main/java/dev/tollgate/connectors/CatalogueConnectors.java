package dev.tollgate.connectors;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.OrganizationConnectors;
import dev.tollgate.catalogue.Place;
import dev.tollgate.catalogue.ToolPolicy;
import dev.tollgate.credentials.Credentials;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.Patience;
import dev.tollgate.upstreams.Target;
import io.vertx.core.Future;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connectors of each organization, and the operator's own; of two with one name the
 * organization's counts.
 */
public final class CatalogueConnectors implements ConnectorSource {

  private final Catalogue catalogue;
  private final ConfiguredConnectors configured;
  private final HeldCredentials credentials;

  public CatalogueConnectors(
      Catalogue catalogue, ConfiguredConnectors configured, Credentials credentials) {
    this.catalogue = catalogue;
    this.configured = configured;
    this.credentials = new HeldCredentials(credentials);
  }

  @Override
  public Future<List<Connector>> of(OrgScope scope) {
    return known(scope).compose(all -> joined(scope, all));
  }

  @Override
  public Future<Connector> named(OrgScope scope, String name) {
    return known(scope).compose(all -> named(scope, all, name));
  }

  private Future<OrganizationConnectors> known(OrgScope scope) {
    OrganizationConnectors known = catalogue.cached(scope.organizationId());
    return known != null
        ? Future.succeededFuture(known)
        : Blocking.run("connectors-load", () -> catalogue.load(scope.organizationId()));
  }

  private Future<Connector> named(OrgScope scope, OrganizationConnectors all, String name) {
    dev.tollgate.catalogue.Connector its = all.named(name);
    if (its != null) {
      return connector(scope, all, its);
    }
    Connector own = configured.named(scope, name);
    return own == null
        ? Future.failedFuture(
            Failure.notFound("no connector is named " + name + " in this organization"))
        : Future.succeededFuture(own.with(ruled(scope, all, own)));
  }

  private Future<List<Connector>> joined(OrgScope scope, OrganizationConnectors all) {
    List<Future<Connector>> found = new ArrayList<>();
    all.connectors().forEach(each -> found.add(connector(scope, all, each)));
    for (Connector own : configured.all(scope)) {
      if (all.named(own.name()) == null) {
        found.add(Future.succeededFuture(own.with(ruled(scope, all, own))));
      }
    }
    return Future.all(found)
        .map(_ ->
            found.stream()
                .map(Future::result)
                .sorted(Comparator.comparing(Connector::name))
                .toList());
  }

  private Future<Connector> connector(
      OrgScope scope, OrganizationConnectors all, dev.tollgate.catalogue.Connector each) {
    return credentials.of(scope, each).map(held -> connector(scope, all, each, held));
  }

  private static Connector connector(
      OrgScope scope,
      OrganizationConnectors all,
      dev.tollgate.catalogue.Connector each,
      HeldCredentials.Held held) {
    Target target =
        new Target(
            each.id(),
            each.name(),
            each.provider(),
            each.revision(),
            each.organizationId(),
            endpoint(each.place()),
            held.identity(),
            held.version(),
            held.authority(),
            each.stateless(),
            Patience.DEFAULT);
    return new Connector(
        each.name(),
        each.provider(),
        target,
        new Tools() {
          @Override
          public boolean allows(String tool) {
            return all.allows(scope.keyId(), each, tool);
          }

          @Override
          public boolean shares() {
            return each.policies().values().stream()
                .anyMatch(policy -> Boolean.TRUE.equals(policy.shared()));
          }

          @Override
          public ToolPolicy policy(String tool) {
            return each.policy(tool);
          }
        });
  }

  /** Rules hold for the operator's connectors as for others; policies are his. */
  private static Tools ruled(OrgScope scope, OrganizationConnectors all, Connector own) {
    return new Tools() {
      @Override
      public boolean allows(String tool) {
        return all.allows(scope.keyId(), own.name(), tool);
      }

      @Override
      public boolean shares() {
        return false;
      }

      @Override
      public ToolPolicy policy(String tool) {
        return own.tools().policy(tool);
      }
    };
  }

  private static Endpoint endpoint(Place place) {
    return switch (place) {
      case Place.Url(URI url, boolean sse) -> sse ? new Endpoint.Sse(url) : new Endpoint.Http(url);
      case Place.Command(List<String> command, Map<String, String> environment) ->
          new Endpoint.Stdio(command, secret(environment));
    };
  }

  private static Map<String, Secret> secret(Map<String, String> environment) {
    Map<String, Secret> kept = new HashMap<>();
    environment.forEach((name, value) -> kept.put(name, new Secret(value)));
    return kept;
  }
}
