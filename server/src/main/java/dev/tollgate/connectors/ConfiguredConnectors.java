package dev.tollgate.connectors;

import dev.tollgate.catalogue.ToolPolicy;
import dev.tollgate.kernel.Secret;
import dev.tollgate.spend.Money;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Authority;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.Patience;
import dev.tollgate.upstreams.Target;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operator's own connectors, which every organization has; never shared between them. */
public final class ConfiguredConnectors {

  private static final String CUSTOM = "custom";

  private final List<Server> servers;

  /**
   * One of them.
   *
   * @param headers sent with every request to it
   * @param stateless whether callers may share its sessions
   * @param price of a call of any tool that is not in {@code prices}; null: such calls cost nothing
   * @param prices of calls, by tool
   */
  public record Server(
      String name,
      Endpoint endpoint,
      Map<String, Secret> headers,
      boolean stateless,
      @Nullable Money price,
      Map<String, Money> prices) {
    public Server {
      if (!Connector.isName(name)) {
        throw new IllegalArgumentException("no name of a connector: " + name);
      }
      headers = Map.copyOf(headers);
      prices = Map.copyOf(prices);
    }

    /** One whose tools cost nothing. */
    public Server(String name, Endpoint endpoint, Map<String, Secret> headers, boolean stateless) {
      this(name, endpoint, headers, stateless, null, Map.of());
    }
  }

  public ConfiguredConnectors(List<Server> servers) {
    this.servers = servers.stream().sorted(Comparator.comparing(Server::name)).toList();
  }

  /** All of them, for a caller. */
  List<Connector> all(OrgScope scope) {
    return servers.stream().map(server -> of(server, scope)).toList();
  }

  /** The one of this name, for a caller; null: there is none. */
  @Nullable Connector named(OrgScope scope, String name) {
    for (Server server : servers) {
      if (server.name().equals(name)) {
        return of(server, scope);
      }
    }
    return null;
  }

  private static Connector of(Server server, OrgScope scope) {
    UUID id =
        UUID.nameUUIDFromBytes(("configured/" + server.name()).getBytes(StandardCharsets.UTF_8));
    return new Connector(
        server.name(),
        CUSTOM,
        new Target(
            id,
            server.name(),
            CUSTOM,
            0,
            scope.organizationId(),
            server.endpoint(),
            server.headers().isEmpty() ? "" : "configured",
            0,
            authority(server.headers()),
            server.stateless(),
            Patience.DEFAULT),
        tools(server));
  }

  /** All that is said of them is what they cost. */
  private static Tools tools(Server server) {
    return new Tools() {
      @Override
      public boolean allows(String tool) {
        return true;
      }

      @Override
      public boolean shares() {
        return false;
      }

      @Override
      public ToolPolicy policy(String tool) {
        Money own = server.prices().get(tool);
        return ToolPolicy.priced(own == null ? server.price() : own);
      }
    };
  }

  private static Authority authority(Map<String, Secret> headers) {
    if (headers.isEmpty()) {
      return Authority.NONE;
    }
    return () -> {
      Map<String, String> revealed = new HashMap<>();
      headers.forEach((name, value) -> revealed.put(name, value.reveal()));
      return Future.succeededFuture(revealed);
    };
  }
}
