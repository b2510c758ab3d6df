package dev.tollgate.bootstrap;

import dev.tollgate.credentials.Credentials;
import dev.tollgate.credentials.PublicAddress;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.egress.Egress;
import dev.tollgate.http.admin.AdminErrors;
import dev.tollgate.http.engine.Route;
import dev.tollgate.http.oauth.OAuthRoutes;
import dev.tollgate.http.oauth.TokenConfig;
import dev.tollgate.http.oauth.TokenGate;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Tenancy;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway proves itself with to MCP servers, and whose tokens it takes at {@code /mcp}.
 *
 * @param gate null: keys alone are taken
 */
record Trust(Secrets secrets, Credentials credentials, @Nullable TokenGate gate) {

  /** Operators may name whom they like: their own issuer is often inside. */
  private static final List<AddressRange> EVERYWHERE =
      Stream.of("0.0.0.0/0", "::/0").map(AddressRange::parse).toList();

  /** Opens secrets, credentials and the gate; {@code port} is the one that is listened on. */
  static Trust open(
      GatewayConfig config,
      int port,
      Storage storage,
      @Nullable Redis redis,
      Tenancy tenancy,
      Egress egress,
      MeterRegistry meters,
      Clock clock,
      Closer closer) {
    Secrets secrets = Secrets.open(storage, config.trust().keys(), Trust::replaced);
    String base = config.trust().base(config.door().host(), port, config.door().tls() != null);
    Credentials credentials =
        Credentials.open(
            storage,
            secrets,
            egress,
            redis,
            meters,
            clock,
            base == null ? null : new PublicAddress(base));
    McpSection.OAuth tokens = config.trust().tokens();
    return new Trust(
        secrets, credentials, tokens == null ? null : gate(tokens, base, tenancy, clock, closer));
  }

  private static void replaced(Handle handle) {
    Tenancy.audit(
        handle,
        Tenancy.START,
        new AuditNote("secrets.replace-master-key", "secret-keyset", "keyset", null, Map.of()));
  }

  private static TokenGate gate(
      McpSection.OAuth tokens, @Nullable String base, Tenancy tenancy, Clock clock, Closer closer) {
    if (base == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "mcp.oauth needs listen.public-url: clients are told there where to get a token");
    }
    String audience = tokens.audience();
    return TokenGate.open(
        base,
        new TokenConfig(
            tokens.issuer(),
            audience == null ? base + "/mcp" : audience,
            tokens.jwksUri(),
            Set.copyOf(tokens.algorithms()),
            tokens.organizationClaim(),
            tokens.userClaim(),
            tokens.scopes()),
        closer.add(Egress.open(EVERYWHERE)),
        tenancy,
        clock);
  }

  List<Route> routes() {
    return OAuthRoutes.routes(credentials, gate, new AdminErrors());
  }

  /** The same routes, open to the issuer's tokens too. */
  List<Route> admitting(List<Route> routes) {
    return routes.stream().map(route -> route.behind(gate)).toList();
  }
}
