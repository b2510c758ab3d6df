package dev.tollgate.catalogue;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.spend.Money;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of connectors and rules; every statement runs for one organization. Blocks. */
final class ConnectorTable {

  private static final String LIST = "connectors";
  private static final String COLUMNS =
      "id, organization_id, name, catalogue, place::text AS place, auth, stateless,"
          + " policies::text AS policies, price_nanos, revision, created_at, updated_at";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST = 200;

  private final Storage storage;

  ConnectorTable(Storage storage) {
    this.storage = storage;
  }

  /** A row as it is after a transaction, and what is to be run then. */
  private record Done(Connector connector, Runnable after) {
    Connector run() {
      after.run();
      return connector;
    }
  }

  Connector create(
      OrgScope scope,
      Caller.Administrator actor,
      UUID id,
      ConnectorDraft draft,
      Function<Handle, Runnable> along) {
    Done done =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle -> {
              bounded(handle);
              String insert =
                  "INSERT INTO connectors (id, organization_id, name, catalogue, place, auth,"
                      + " stateless, policies, price_nanos) VALUES (:id, :organization, :name,"
                      + " :catalogue, :place::jsonb, :auth, :stateless, :policies::jsonb, :price)"
                      + " ON CONFLICT (organization_id, name) DO NOTHING RETURNING ";
              Connector made =
                  bind(handle.createQuery(insert + COLUMNS), draft)
                      .bind("id", id)
                      .bind("organization", scope.organizationId())
                      .map((row, _) -> connector(row))
                      .findOne()
                      .orElseThrow(() -> taken(draft.name()));
              note(handle, scope, actor, "create", made);
              return new Done(made, along.apply(handle));
            });
    return done.run();
  }

  private static void bounded(Handle handle) {
    long there = handle.createQuery("SELECT count(*) FROM connectors").mapTo(Long.class).one();
    if (there >= MOST) {
      throw Failure.of(
          ErrorCode.CONFLICT, "an organization may have at most " + MOST + " connectors");
    }
  }

  /** Gives it these fields and no others. */
  Connector change(
      OrgScope scope,
      Caller.Administrator actor,
      UUID id,
      ConnectorDraft draft,
      Catalogue.Along along) {
    Done done =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle -> {
              Place before = locked(handle, id);
              boolean clash =
                  handle
                      .createQuery("SELECT 1 FROM connectors WHERE name = :name AND id <> :id")
                      .bind("name", draft.name())
                      .bind("id", id)
                      .mapTo(Integer.class)
                      .findOne()
                      .isPresent();
              if (clash) {
                throw taken(draft.name());
              }
              String update =
                  "UPDATE connectors SET name = :name, catalogue = :catalogue, place ="
                      + " :place::jsonb, auth = :auth, stateless = :stateless, policies ="
                      + " :policies::jsonb, price_nanos = :price, revision = revision + 1,"
                      + " updated_at = now() WHERE id = :id RETURNING ";
              Connector changed =
                  bind(handle.createQuery(update + COLUMNS), draft)
                      .bind("id", id)
                      .map((row, _) -> connector(row))
                      .findOne()
                      .orElseThrow(() -> unknown(id));
              note(handle, scope, actor, "update", changed);
              return new Done(changed, along.in(handle, !before.sameServer(changed.place())));
            });
    return done.run();
  }

  /** Where it is, which nobody changes meanwhile. */
  private static Place locked(Handle handle, UUID id) {
    return handle
        .createQuery("SELECT place::text FROM connectors WHERE id = :id FOR UPDATE")
        .bind("id", id)
        .mapTo(String.class)
        .findOne()
        .map(place -> PlaceText.read(JSON.readTree(place)))
        .orElseThrow(() -> unknown(id));
  }

  private static Query bind(Query query, ConnectorDraft draft) {
    Money price = draft.price();
    return query
        .bind("name", draft.name())
        .bind("catalogue", draft.catalogue())
        .bind("place", JSON.writeValueAsString(PlaceText.of(draft.place())))
        .bind("auth", draft.auth().wire())
        .bind("stateless", draft.sessionless())
        .bind("policies", JSON.writeValueAsString(PolicyText.view(draft.policies())))
        .bindByType("price", price == null ? null : price.nanos(), Long.class);
  }

  Connector get(OrgScope scope, UUID id) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle ->
            handle
                .createQuery("SELECT " + COLUMNS + " FROM connectors WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> connector(row))
                .findOne()
                .orElseThrow(() -> unknown(id)));
  }

  Page<Connector> list(OrgScope scope, int limit, @Nullable String cursor) {
    UUID after = cursor == null ? null : Cursor.id(LIST, cursor);
    List<Connector> rows =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle ->
                handle
                    .createQuery(
                        "SELECT "
                            + COLUMNS
                            + " FROM connectors WHERE :after::uuid IS NULL OR id > :after::uuid"
                            + " ORDER BY id LIMIT :limit")
                    .bindByType("after", after, UUID.class)
                    .bind("limit", limit + 1)
                    .map((row, _) -> connector(row))
                    .list());
    return Page.of(rows, limit, row -> Cursor.of(LIST, row.id().toString()));
  }

  /**
   * Deletes.
   *
   * @param along what else goes, in the same transaction; what it returns runs after the commit
   */
  void delete(
      OrgScope scope, Caller.Administrator actor, UUID id, Function<Handle, Runnable> along) {
    Runnable after =
        storage.transact(
            Access.tenant(scope.organizationId()),
            handle -> {
              Connector gone =
                  handle
                      .createQuery("DELETE FROM connectors WHERE id = :id RETURNING " + COLUMNS)
                      .bind("id", id)
                      .map((row, _) -> connector(row))
                      .findOne()
                      .orElseThrow(() -> unknown(id));
              note(handle, scope, actor, "delete", gone);
              return along.apply(handle);
            });
    after.run();
  }

  /** Everything at one moment. */
  OrganizationConnectors all(UUID organization) {
    return storage.transact(
        Access.tenant(organization),
        handle -> {
          List<Connector> connectors =
              handle
                  .createQuery("SELECT " + COLUMNS + " FROM connectors ORDER BY name COLLATE \"C\"")
                  .map((row, _) -> connector(row))
                  .list();
          Map<@Nullable UUID, ToolRules> rules = new HashMap<>();
          handle
              .createQuery("SELECT key_id, allow, deny FROM tool_rules")
              .map((row, _) -> rules.put(row.getObject("key_id", UUID.class), rules(row)))
              .list();
          ToolRules whole = rules.remove(null);
          return new OrganizationConnectors(
              connectors, whole == null ? ToolRules.NONE : whole, keys(rules));
        });
  }

  private static Map<UUID, ToolRules> keys(Map<@Nullable UUID, ToolRules> rules) {
    Map<UUID, ToolRules> keys = new HashMap<>();
    rules.forEach((key, own) -> {
      if (key != null) {
        keys.put(key, own);
      }
    });
    return keys;
  }

  ToolRules rules(OrgScope scope, @Nullable UUID key) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle ->
            handle
                .createQuery(
                    "SELECT allow, deny FROM tool_rules"
                        + " WHERE key_id IS NOT DISTINCT FROM :key::uuid")
                .bindByType("key", key, UUID.class)
                .map((row, _) -> rules(row))
                .findOne()
                .orElse(ToolRules.NONE));
  }

  ToolRules setRules(
      OrgScope scope, Caller.Administrator actor, @Nullable UUID key, ToolRules rules) {
    return storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          handle
              .createUpdate(
                  """
                  INSERT INTO tool_rules (organization_id, key_id, allow, deny)
                  VALUES (:organization, :key::uuid, :allow, :deny)
                  ON CONFLICT (organization_id, key_id)
                    DO UPDATE SET allow = excluded.allow, deny = excluded.deny
                  """)
              .bind("organization", scope.organizationId())
              .bindByType("key", key, UUID.class)
              .bindArray("allow", String.class, rules.allow())
              .bindArray("deny", String.class, rules.deny())
              .execute();
          Tenancy.audit(
              handle,
              actor,
              new AuditNote(
                  "tools.update",
                  key == null ? "organization" : "key",
                  (key == null ? scope.organizationId() : key).toString(),
                  scope.organizationId(),
                  Map.of("allow", rules.allow(), "deny", rules.deny())));
          return rules;
        });
  }

  private static void note(
      Handle handle, OrgScope scope, Caller.Administrator actor, String verb, Connector of) {
    Tenancy.audit(
        handle,
        actor,
        new AuditNote(
            "connector." + verb,
            "connector",
            of.id().toString(),
            scope.organizationId(),
            Map.of("name", of.name(), "auth", of.auth().wire(), "revision", of.revision())));
  }

  private static Failure unknown(UUID id) {
    return Failure.notFound("the organization has no connector " + id);
  }

  private static Failure taken(String name) {
    return Failure.of(ErrorCode.CONFLICT, "another connector of the organization is named " + name);
  }

  private static ToolRules rules(ResultSet row) throws SQLException {
    return new ToolRules(texts(row, "allow"), texts(row, "deny"));
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static Connector connector(ResultSet row) throws SQLException {
    Long price = row.getObject("price_nanos", Long.class);
    JsonNode policies = JSON.readTree(row.getString("policies"));
    return new Connector(
        row.getObject("id", UUID.class),
        row.getObject("organization_id", UUID.class),
        row.getString("name"),
        row.getString("catalogue"),
        PlaceText.read(JSON.readTree(row.getString("place"))),
        AuthKind.of(row.getString("auth")),
        row.getBoolean("stateless"),
        PolicyText.policies("policies", policies),
        price == null ? null : new Money(price),
        row.getLong("revision"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
