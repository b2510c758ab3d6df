package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.Secret;
import dev.tollgate.keyring.Keyring;
import dev.tollgate.keyring.ProviderKey;
import dev.tollgate.keyring.ProviderKeyDraft;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** An organization's own keys for providers of models; taken, and never shown again. */
record ProviderKeyRoutes(Tenancy tenancy, Keyring keyring) {

  private static final String ALL = "/organizations/{organizationId}/provider-keys";

  List<Route> routes() {
    return List.of(
        Desk.administrators(HttpMethod.POST, ALL, this::add),
        Desk.administrators(HttpMethod.GET, ALL, this::list),
        Desk.administrators(HttpMethod.DELETE, ALL + "/{providerKeyId}", this::revoke));
  }

  private Reply add(Call call) {
    Query.of(call);
    Body body = Body.of(call, "provider", "key", "account");
    ProviderKeyDraft draft =
        new ProviderKeyDraft(
            body.text("provider"), new Secret(body.text("key")), body.textOrNull("account"));
    ProviderKey made = keyring.add(scope(call), Desk.actor(call), draft);
    return Reply.json(201, made);
  }

  private Reply list(Call call) {
    Query query = Desk.list(call);
    return Desk.page(keyring.list(scope(call), query.limit(), query.cursor()), key -> key);
  }

  private Reply revoke(Call call) {
    Query.of(call);
    keyring.revoke(scope(call), Desk.actor(call), Paths.id(call, "providerKeyId"));
    return Reply.empty(204);
  }

  private OrgScope scope(Call call) {
    return tenancy.scopeFor(Desk.actor(call), Paths.id(call, "organizationId"));
  }
}
