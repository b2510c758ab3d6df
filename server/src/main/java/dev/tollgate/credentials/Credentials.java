package dev.tollgate.credentials;

import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What calls to connectors are authorized by: stored, kept alive, and obtained by OAuth.
 *
 * <p>Thread-safe. {@link #cached} never blocks; everything else does and belongs on a virtual
 * thread. Whoever stores something is audited in the transaction that does it.
 */
public final class Credentials {

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /** A token this young that a server refuses would not become better by another refresh. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final Storage storage;
  private final Secrets secrets;
  private final CredentialTable table;
  private final CredentialCache cache;
  private final Refresher refresher;
  private final Clients clients;
  private final Flows flows;
  private final Renewals renewals;
  private final @Nullable PublicAddress self;
  private final Clock clock;

  private Credentials(
      Storage storage,
      Secrets secrets,
      Egress egress,
      @Nullable Redis redis,
      MeterRegistry meters,
      Clock clock,
      @Nullable PublicAddress self,
      Duration deadline) {
    this.storage = storage;
    this.secrets = secrets;
    this.self = self;
    this.clock = clock;
    this.table = new CredentialTable(storage, secrets, clock);
    this.cache = new CredentialCache(redis, clock);
    OAuthHttp http = new OAuthHttp(egress, deadline);
    TokenEndpoint tokens = new TokenEndpoint(http, clock);
    this.clients = new Clients(storage, secrets, http, self);
    this.flows =
        new Flows(
            new Discovery(http), clients, tokens, http, new FlowTable(storage, secrets), self);
    this.refresher =
        new Refresher(
            table,
            tokens,
            old -> cache.changed(old.organization(), old.place().connector()),
            meters,
            clock);
    this.renewals = new Renewals();
  }

  /**
   * Opens the room.
   *
   * @param redis by which nodes hear of changes at once; null: within five seconds
   * @param self where browsers reach this gateway; null: not known, nobody can authorize by one
   */
  public static Credentials open(
      Storage storage,
      Secrets secrets,
      Egress egress,
      @Nullable Redis redis,
      MeterRegistry meters,
      Clock clock,
      @Nullable PublicAddress self) {
    return new Credentials(storage, secrets, egress, redis, meters, clock, self, DEADLINE);
  }

  static Credentials open(
      Storage storage,
      Secrets secrets,
      Egress egress,
      MeterRegistry meters,
      Clock clock,
      PublicAddress self,
      Duration deadline) {
    return new Credentials(storage, secrets, egress, null, meters, clock, self, deadline);
  }

  // Calls

  /**
   * What a call is authorized by, from memory: the caller's own credential, else the
   * organization's. Never blocks; a token that is about to end is renewed in the background.
   *
   * @return null where memory does not know, or a token must be renewed first: {@link #current}
   */
  public @Nullable Authorization cached(OrgScope scope, UUID connector) {
    CredentialCache.Key key = key(scope, connector);
    CredentialCache.Entry entry = cache.get(key);
    if (entry == null) {
      return null;
    }
    Snapshot snapshot = entry.snapshot();
    if (snapshot != null && snapshot.expired(clock.now())) {
      return null;
    }
    if (cache.reloadDue(entry) || (snapshot != null && snapshot.renewalDue(clock.now()))) {
      renewals.once(key, () -> current(key, true));
    }
    return snapshot == null ? new Authorization.Missing() : snapshot.authorization();
  }

  /**
   * The same, read and renewed where that is needed.
   *
   * @throws Failure UPSTREAM_… when a token is over and cannot be renewed now, UNAVAILABLE when the
   *     database is away
   */
  public Authorization current(OrgScope scope, UUID connector) {
    Authorization known = cached(scope, connector);
    return known != null ? known : authorization(current(key(scope, connector), false));
  }

  private static Authorization authorization(@Nullable Snapshot snapshot) {
    return snapshot == null ? new Authorization.Missing() : snapshot.authorization();
  }

  /** Reads, and renews what is over or, where {@code ahead}, what soon will be. */
  private @Nullable Snapshot current(CredentialCache.Key key, boolean ahead) {
    long before = cache.changes();
    Snapshot found = table.find(key.organization(), key.place());
    if (found != null && due(found, ahead)) {
      renew(found);
      before = cache.changes();
      found = table.find(key.organization(), key.place());
    }
    cache.put(key, found, before);
    return found;
  }

  private boolean due(Snapshot found, boolean ahead) {
    return found.ready()
        && (found.expired(clock.now()) || (ahead && found.renewalDue(clock.now())));
  }

  private void renew(Snapshot found) {
    if (found.renewable()) {
      refresher.renew(found, found.scope());
    } else {
      refresher.needsPerson(
          found, "the token is over, and the authorization server gave none to renew it by");
    }
  }

  /**
   * What to do after a server refused a token with 401: another token where there is one.
   *
   * @param used what the call was sent with
   */
  public Authorization rejected(OrgScope scope, UUID connector, Authorization.Granted used) {
    Snapshot now = table.get(scope.organizationId(), used.credential());
    if (now == null || now.revision() != used.revision()) {
      return again(scope, connector);
    }
    boolean fresh = now.changedAt().plus(FRESH).isAfter(clock.now());
    if (!now.renewable() || fresh) {
      return now.needs("the server refuses the token; connect it again");
    }
    return authorization(refresher.renew(now, now.scope()));
  }

  private Authorization again(OrgScope scope, UUID connector) {
    cache.changed(scope.organizationId(), connector);
    return current(scope, connector);
  }

  /**
   * What to do after a server refused a call with 403 and {@code insufficient_scope} (MCP, step-up
   * authorization): a token of a wider scope where no person is needed for it; else what is missing
   * is noted, and asked for at the next {@link #begin}.
   *
   * @param challenge the {@code WWW-Authenticate} header of the answer
   */
  public Authorization stepUp(
      OrgScope scope, UUID connector, Authorization.Granted used, @Nullable String challenge) {
    Snapshot now = table.get(scope.organizationId(), used.credential());
    if (now == null || now.version() != used.version()) {
      return again(scope, connector);
    }
    String needed = Challenge.parse(challenge).scope();
    if (needed.isEmpty() || Scopes.contains(now.scope(), needed)) {
      return now.needs("the server refuses the call in spite of the granted scope");
    }
    String wanted = Scopes.union(now.scope(), now.wantedScope(), needed);
    if (now.kind() == Snapshot.Kind.CLIENT_CREDENTIALS && now.renewable()) {
      return authorization(refresher.renew(now, wanted));
    }
    table.want(now, wanted);
    return now.needs("the call needs the scope " + Texts.safe(needed) + "; connect it again");
  }

  private static CredentialCache.Key key(OrgScope scope, UUID connector) {
    return new CredentialCache.Key(scope.organizationId(), new Place(connector, scope.userId()));
  }

  // Administration

  /**
   * Stores a token by hand, in place of what is there.
   *
   * @param resource the URL of the server that it is for, which alone it is sent to; null: the
   *     connector has none
   * @throws Failure CONFLICT without a master key
   */
  public void putToken(
      OrgScope scope,
      Caller.Administrator actor,
      Place place,
      @Nullable URI resource,
      StaticToken token) {
    store(scope.organizationId(), actor, byHand(place, resource, token));
  }

  /**
   * The same, within the transaction that makes or changes the connector.
   *
   * @param handle a transaction of the organization
   * @return to be run after the commit
   */
  public Runnable putToken(
      Handle handle,
      OrgScope scope,
      Caller.Administrator actor,
      Place place,
      @Nullable URI resource,
      StaticToken token) {
    put(handle, scope.organizationId(), actor, byHand(place, resource, token));
    return () -> cache.changed(scope.organizationId(), place.connector());
  }

  private static CredentialTable.Draft byHand(
      Place place, @Nullable URI resource, StaticToken token) {
    return new CredentialTable.Draft(
        place,
        Snapshot.Kind.STATIC,
        new Grant(token.header(), token.value().reveal(), null),
        null,
        resource,
        "",
        null);
  }

  /** Stores a client that was registered by hand; it goes before all others for its issuer. */
  public void putClient(OrgScope scope, Caller.Administrator actor, ClientDraft draft) {
    storage.transact(
        Access.tenant(scope.organizationId()),
        handle -> {
          clients.give(handle, scope.organizationId(), draft);
          note(
              handle,
              actor,
              "oauth-client.put",
              scope.organizationId(),
              draft.issuer(),
              Map.of("clientId", draft.clientId()));
          return true;
        });
  }

  /**
   * Begins an authorization by a person.
   *
   * @param connector the MCP server's URL
   * @param wanted scope asked for beyond what the server says and calls needed, by spaces; may be
   *     empty
   * @return what to open in a browser within ten minutes
   * @throws Failure CONFLICT when something must be set up first; INVALID_REQUEST or UPSTREAM_…
   *     when the server or its authorization server cannot be used
   */
  public URI begin(
      OrgScope scope, Caller.Administrator actor, Place place, URI connector, String wanted) {
    secrets.require();
    Snapshot there = exactly(scope.organizationId(), place);
    String known = there == null ? "" : Scopes.union(there.scope(), there.wantedScope());
    return flows.begin(
        scope.organizationId(), actor, place, connector, Scopes.union(known, wanted));
  }

  private @Nullable Snapshot exactly(UUID organization, Place place) {
    Snapshot found = table.find(organization, place);
    return found != null && found.place().equals(place) ? found : null;
  }

  /**
   * Ends an authorization when the browser comes back.
   *
   * @param query the callback's parameters, decoded
   * @throws Failure that is to be shown to the person
   */
  public Connected complete(Map<String, List<String>> query) {
    Flows.Ended ended = flows.end(query);
    Flow.Pending pending = ended.pending();
    store(
        pending.organization(),
        new Caller.Administrator(pending.flow().actorId(), pending.flow().actor()),
        ended.draft());
    return new Connected(pending.organization(), pending.place());
  }

  /**
   * Connects by a client's own credentials, without a person (RFC 6749, section 4.4); needs {@link
   * #putClient} for the server's issuer.
   */
  public void connectItself(
      OrgScope scope, Caller.Administrator actor, Place place, URI connector, String wanted) {
    secrets.require();
    store(
        scope.organizationId(), actor, flows.own(scope.organizationId(), place, connector, wanted));
  }

  private void store(UUID organization, Caller.Administrator actor, CredentialTable.Draft draft) {
    storage.transact(
        Access.tenant(organization),
        handle -> {
          put(handle, organization, actor, draft);
          return true;
        });
    cache.changed(organization, draft.place().connector());
  }

  private void put(
      Handle handle, UUID organization, Caller.Administrator actor, CredentialTable.Draft draft) {
    table.put(handle, organization, draft);
    Map<String, Object> details = new HashMap<>(placeOf(draft.place()));
    details.put("kind", draft.kind().name().toLowerCase(Locale.ROOT));
    note(
        handle,
        actor,
        "credential.put",
        organization,
        draft.place().connector().toString(),
        details);
  }

  private static Map<String, String> placeOf(Place place) {
    UUID user = place.user();
    return user == null ? Map.of() : Map.of("user", user.toString());
  }

  /** The credentials of a connector, without their secrets. */
  public List<CredentialStatus> list(OrgScope scope, UUID connector) {
    return table.list(scope.organizationId(), connector);
  }

  /**
   * Deletes one credential.
   *
   * @throws Failure NOT_FOUND when there is none
   */
  public void delete(OrgScope scope, Caller.Administrator actor, Place place) {
    UUID organization = scope.organizationId();
    storage.transact(
        Access.tenant(organization),
        handle -> {
          if (!CredentialTable.delete(handle, place)) {
            throw Failure.notFound("there is no such credential");
          }
          note(
              handle,
              actor,
              "credential.delete",
              organization,
              place.connector().toString(),
              placeOf(place));
          return true;
        });
    cache.changed(organization, place.connector());
  }

  /**
   * Deletes all credentials of a connector, and authorizations under way, within the transaction
   * that moves it to another server: what was given for the one is not for the other.
   *
   * @param handle a transaction of the organization
   * @return to be run after the commit
   */
  public Runnable moved(Handle handle, OrgScope scope, Caller.Administrator actor, UUID connector) {
    UUID organization = scope.organizationId();
    for (Place gone : CredentialTable.places(handle, connector)) {
      note(
          handle,
          actor,
          "credential.delete",
          organization,
          connector.toString(),
          because(placeOf(gone)));
    }
    return deleteAll(handle, organization, connector);
  }

  private static Map<String, String> because(Map<String, String> place) {
    Map<String, String> details = new HashMap<>(place);
    details.put("reason", "the connector moved to another address");
    return details;
  }

  /**
   * Deletes all credentials of a connector within the transaction that deletes it.
   *
   * @param handle a transaction of the organization
   * @return to be run after the commit
   */
  public Runnable deleteAll(Handle handle, UUID organization, UUID connector) {
    handle.execute("DELETE FROM credentials WHERE connector_id = ?", connector);
    handle.execute("DELETE FROM oauth_flows WHERE connector_id = ?", connector);
    return () -> cache.changed(organization, connector);
  }

  /**
   * Deletes all that an organization has here, clients at authorization servers included, within
   * the transaction that deletes it.
   *
   * @param handle a transaction of an administrator
   */
  public void deleteAll(Handle handle, UUID organization) {
    for (String table : List.of("credentials", "oauth_clients", "oauth_flows")) {
      handle.execute("DELETE FROM " + table + " WHERE organization_id = ?", organization);
    }
  }

  private static void note(
      Handle handle,
      Caller.Administrator actor,
      String action,
      UUID organization,
      String object,
      Map<String, ?> details) {
    Tenancy.audit(handle, actor, new AuditNote(action, "connector", object, organization, details));
  }

  /**
   * The document that describes us to authorization servers, at {@link PublicAddress#CLIENT}.
   *
   * @throws Failure NOT_FOUND where this gateway has no address by https
   */
  public String clientDocument() {
    PublicAddress here = self;
    if (here == null || !here.servesClientDocument()) {
      throw Failure.of(
          ErrorCode.NOT_FOUND, "there is no client metadata document without an https address");
    }
    return Clients.document(here);
  }
}
