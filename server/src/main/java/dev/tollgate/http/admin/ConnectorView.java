package dev.tollgate.http.admin;

import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.Place;
import dev.tollgate.catalogue.PolicyText;
import dev.tollgate.spend.Money;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A connector as administrators see it: no token, and of a child's environment only the names.
 *
 * @param price of a call, in dollars
 */
record ConnectorView(
    UUID id,
    String name,
    @Nullable String catalogue,
    @Nullable String url,
    @Nullable List<String> command,
    @Nullable List<String> environment,
    Map<String, String> auth,
    boolean stateless,
    Map<String, Object> policies,
    @Nullable String price,
    long revision,
    Instant createdAt,
    Instant updatedAt) {

  static ConnectorView of(Connector of) {
    Money price = of.price();
    return new ConnectorView(
        of.id(),
        of.name(),
        of.catalogue(),
        of.place() instanceof Place.Url(URI url, boolean _) ? url.toString() : null,
        of.place() instanceof Place.Command(List<String> command, var _) ? command : null,
        of.place() instanceof Place.Command(var _, Map<String, String> environment)
            ? environment.keySet().stream().sorted().toList()
            : null,
        Map.of("type", of.auth().wire()),
        of.stateless(),
        PolicyText.view(of.policies()),
        price == null ? null : price.toDollars(),
        of.revision(),
        of.createdAt(),
        of.updatedAt());
  }
}
