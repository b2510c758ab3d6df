package dev.tollgate.connectors;

import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import java.util.List;

/** Where connectors come from. Asked on event loops with every call, so answered from memory. */
public interface ConnectorSource {

  /** Those that {@code scope} may use, in the order of their names. */
  Future<List<Connector>> of(OrgScope scope);

  /** The one of this name; fails with {@code NOT_FOUND} where {@code scope} has none. */
  Future<Connector> named(OrgScope scope, String name);
}
