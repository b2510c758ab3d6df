package dev.tollgate.connectors;

import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.OrganizationConnectors;
import dev.tollgate.catalogue.Place;
import dev.tollgate.catalogue.ToolPolicy;
import dev.tollgate.kernel.Secret;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Authority;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.Patience;
import dev.tollgate.upstreams.Target;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The connectors of each organization, and the operator's own; of two with one name the
 * organization's counts.
 */
public final class CatalogueConnectors implements ConnectorSource {

  private final Catalogue catalogue;
  private final ConfiguredConnectors configured;
  private final Credentials credentials;

  /** With whose authority a connector is reached. */
  public interface Credentials {

    /** What names the credential, and with what it is used. */
    record Held(String identity, long version, Authority authority) {}

    /** That of a caller for a connector; null: it needs none. */
    @Nullable Held of(OrgScope scope, dev.tollgate.catalogue.Connector connector);
  }

  public CatalogueConnectors(
      Catalogue catalogue, ConfiguredConnectors configured, Credentials credentials) {
    this.catalogue = catalogue;
    this.configured = configured;
    this.credentials = credentials;
  }

  @Override
  public Future<List<Connector>> of(OrgScope scope) {
    OrganizationConnectors known = catalogue.cached(scope.organizationId());
    return known != null
        ? Future.succeededFuture(joined(scope, known))
        : load(scope.organizationId()).map(read -> joined(scope, read));
  }

  /** Back on the loop that asks. */
  private Future<OrganizationConnectors> load(UUID organization) {
    Context context = Vertx.currentContext();
    Promise<OrganizationConnectors> promise = Promise.promise();
    Thread.ofVirtual()
        .name("connectors-load")
        .start(() -> {
          try {
            OrganizationConnectors read = catalogue.load(organization);
            answer(context, () -> promise.complete(read));
          } catch (RuntimeException | Error e) {
            answer(context, () -> promise.fail(e));
          }
        });
    return promise.future();
  }

  private static void answer(@Nullable Context context, Runnable answer) {
    if (context == null) {
      answer.run();
    } else {
      context.runOnContext(_ -> answer.run());
    }
  }

  private List<Connector> joined(OrgScope scope, OrganizationConnectors all) {
    Map<String, Connector> named = new HashMap<>();
    for (Connector own : configured.all(scope)) {
      named.put(own.name(), own.with(ruled(scope, all, own)));
    }
    for (dev.tollgate.catalogue.Connector each : all.connectors()) {
      named.put(each.name(), connector(scope, all, each));
    }
    List<Connector> sorted = new ArrayList<>(named.values());
    sorted.sort(Comparator.comparing(Connector::name));
    return sorted;
  }

  private Connector connector(
      OrgScope scope, OrganizationConnectors all, dev.tollgate.catalogue.Connector each) {
    Credentials.Held held = credentials.of(scope, each);
    Target target =
        new Target(
            each.id(),
            each.name(),
            each.revision(),
            each.organizationId(),
            endpoint(each.place()),
            held == null ? "" : held.identity(),
            held == null ? 0 : held.version(),
            held == null ? Authority.NONE : held.authority(),
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
          public ToolPolicy policy(String tool) {
            return each.policy(tool);
          }
        });
  }

  /** The operator's connectors have no policies; rules hold for them as for others. */
  private static Tools ruled(OrgScope scope, OrganizationConnectors all, Connector own) {
    return new Tools() {
      @Override
      public boolean allows(String tool) {
        return all.allows(scope.keyId(), own.name(), tool);
      }

      @Override
      public ToolPolicy policy(String tool) {
        return ToolPolicy.NONE;
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
