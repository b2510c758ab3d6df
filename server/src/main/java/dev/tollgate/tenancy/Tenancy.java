package dev.tollgate.tenancy;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and for whom: organizations, their users and keys, administrators, and the audit.
 *
 * <p>Thread-safe. {@link #cached} never blocks; everything else does and belongs on a virtual
 * thread. Every change is audited in the transaction that makes it, and every method may throw
 * {@link Failure} UNAVAILABLE while the database is away. Lists take a limit of at least 1 and the
 * cursor of the page before, null for the first.
 */
public final class Tenancy {

  /** Who acts where a start of the program does. */
  public static final Caller.Administrator START =
      new Caller.Administrator(new UUID(0, 1), "start");

  /** Who acts at the command line of a machine that has the database's URL. */
  public static final Caller.Administrator COMMAND_LINE =
      new Caller.Administrator(new UUID(0, 2), "command line");

  private final Storage storage;
  private final KeyLookup lookup;
  private final KeyCache cache;
  private final Invalidations invalidations;
  private final Organizations organizations;
  private final Users users;
  private final ApiKeys keys;
  private final Administrators administrators;
  private final AuditLog audit;

  private Tenancy(Storage storage, @Nullable Redis redis, Clock clock) {
    this.storage = storage;
    this.lookup = new KeyLookup(storage);
    this.cache = new KeyCache(lookup::find, clock);
    this.invalidations = new Invalidations(cache, redis);
    this.organizations = new Organizations(storage);
    this.users = new Users(storage);
    this.keys = new ApiKeys(storage);
    this.administrators = new Administrators(storage);
    this.audit = new AuditLog(storage);
  }

  /**
   * Opens the room; it holds nothing that must be closed.
   *
   * @param redis by which nodes hear of revocations at once; null: within five seconds
   */
  public static Tenancy open(Storage storage, @Nullable Redis redis, Clock clock) {
    return new Tenancy(storage, redis, clock);
  }

  // Authentication

  /**
   * Whom a key belongs to, from memory: never blocks.
   *
   * @return null where memory does not know, or the key is nobody's: {@link #authenticate} tells
   */
  public @Nullable Caller cached(String key) {
    return KeyHash.plausible(key) ? cache.cached(KeyHash.of(key)) : null;
  }

  /**
   * Whom a key belongs to.
   *
   * @throws Failure UNAUTHENTICATED when it is nobody's, UNAVAILABLE or OVERLOADED when that cannot
   *     be known now
   */
  public Caller authenticate(String key) {
    if (!KeyHash.plausible(key)) {
      throw Failure.of(
          ErrorCode.UNAUTHENTICATED,
          "this cannot be a key of this gateway; one that it made begins with tg_live_");
    }
    return cache.authenticate(KeyHash.of(key));
  }

  /**
   * The proof by which an administrator acts for an organization.
   *
   * @throws Failure NOT_FOUND when there is no such organization
   */
  public OrgScope scopeFor(Caller.Administrator administrator, UUID organization) {
    return new OrgScope(organizations.get(organization).id(), null, null, null);
  }

  /**
   * The same, as if a key of the organization called.
   *
   * @throws Failure NOT_FOUND when it has no such key
   */
  public OrgScope scopeFor(OrgScope organization, UUID key) {
    ApiKey found = keys.get(organization, key);
    UUID id = organization.organizationId();
    UUID user = found.userId();
    RateLimits users = user == null ? RateLimits.NONE : users(organization, user);
    Entitlements entitlements =
        new Entitlements(found.terms(), users, organizations.get(id).limits());
    return new OrgScope(id, found.id(), user, found.project(), entitlements);
  }

  private RateLimits users(OrgScope organization, UUID user) {
    try {
      return users.get(organization, user).limits();
    } catch (Failure deleted) {
      if (deleted.code() == ErrorCode.NOT_FOUND) {
        return RateLimits.NONE;
      }
      throw deleted;
    }
  }

  /**
   * The proof for whoever bears a token that a trusted issuer made out.
   *
   * @param organization its id or external id
   * @param user the external id or id of one of its users; null: the organization as a whole
   * @throws Failure FORBIDDEN when there is no such organization, or it has no such user
   */
  public OrgScope scopeForToken(String organization, @Nullable String user) {
    return new TokenScopes(storage).find(organization, user);
  }

  // Organizations

  /**
   * Makes an organization.
   *
   * @param along further work in the same transaction, such as opening its budget; it may enter
   *     another role
   * @throws Failure CONFLICT when the external id is taken
   */
  public Organization createOrganization(
      Caller.Administrator actor, OrganizationDraft draft, BiConsumer<Handle, Organization> along) {
    return organizations.create(actor, draft, along);
  }

  /**
   * Makes the organization with this external id where there is none, or gives it this name; the
   * same call again changes nothing.
   *
   * @param along as of {@link #createOrganization}; runs only where it is made
   */
  public OrganizationPut putOrganization(
      Caller.Administrator actor,
      String externalId,
      String name,
      BiConsumer<Handle, Organization> along) {
    return organizations.put(actor, externalId, name, along);
  }

  public Organization renameOrganization(Caller.Administrator actor, UUID id, String name) {
    return organizations.rename(actor, id, name);
  }

  /**
   * Changes how much an organization may ask for: at once here, and on other nodes as soon as they
   * hear of it.
   */
  public Organization limitOrganization(
      Caller.Administrator actor, UUID id, UnaryOperator<RateLimits> change) {
    try {
      return organizations.limit(actor, id, change);
    } finally {
      invalidations.organization(id);
    }
  }

  public Organization organization(UUID id) {
    return organizations.get(id);
  }

  /** In the order of their making. */
  public Page<Organization> organizations(int limit, @Nullable String cursor) {
    return organizations.list(limit, cursor);
  }

  /**
   * Deletes an organization: its keys are refused at once, its ledger stays.
   *
   * @param along further work in the same transaction, such as destroying its secrets
   */
  public void deleteOrganization(Caller.Administrator actor, UUID id, Consumer<Handle> along) {
    try {
      organizations.delete(actor, id, along);
    } finally {
      invalidations.organization(id);
    }
  }

  // Users

  /**
   * Makes a user.
   *
   * @throws Failure CONFLICT when email or external id are taken
   */
  public User createUser(OrgScope scope, Caller.Administrator actor, UserDraft draft) {
    return users.create(scope, actor, draft);
  }

  /** The same as {@link #limitOrganization}, of a user. */
  public User limitUser(
      OrgScope scope, Caller.Administrator actor, UUID id, UnaryOperator<RateLimits> change) {
    try {
      return users.limit(scope, actor, id, change);
    } finally {
      invalidations.organization(scope.organizationId());
    }
  }

  /** Gives a user these fields, and no others; limits stay as they are. */
  public User updateUser(OrgScope scope, Caller.Administrator actor, UUID id, UserDraft draft) {
    return users.update(scope, actor, id, draft);
  }

  public User user(OrgScope scope, UUID id) {
    return users.get(scope, id);
  }

  /** In the order of their making. */
  public Page<User> users(OrgScope scope, int limit, @Nullable String cursor) {
    return users.list(scope, limit, cursor);
  }

  /** Deletes a user and revokes the user's keys. */
  public void deleteUser(OrgScope scope, Caller.Administrator actor, UUID id) {
    try {
      users.delete(scope, actor, id);
    } finally {
      invalidations.organization(scope.organizationId());
    }
  }

  // Keys

  /** Makes a key; to replace one, make another and revoke the old one when it is out of use. */
  public Issued<ApiKey> createKey(OrgScope scope, Caller.Administrator actor, ApiKeyDraft draft) {
    return keys.create(scope, actor, draft);
  }

  /**
   * Takes over a key that somebody has already, such as one of another gateway: it goes on as it
   * is. A {@code CONFLICT} where it is known here, be it revoked or an administrator's.
   */
  public ApiKey adoptKey(
      OrgScope scope, Caller.Administrator actor, ApiKeyDraft draft, KnownKey known) {
    KeyLookup.Found found = lookup.find(known.hash());
    if (found != null) {
      throw Failure.of(ErrorCode.CONFLICT, "this key is known already");
    }
    return keys.adopt(scope, actor, draft, known);
  }

  /** One key, also where it is revoked or expired. */
  public ApiKey key(OrgScope scope, UUID id) {
    return keys.get(scope, id);
  }

  /** In the order of their making, the revoked and the expired too. */
  public Page<ApiKey> keys(OrgScope scope, int limit, @Nullable String cursor) {
    return keys.list(scope, limit, cursor);
  }

  /**
   * Changes what a key may be used for, and how much: at once here, and on other nodes as soon as
   * they hear of it.
   *
   * @throws Failure CONFLICT when it is revoked
   */
  public ApiKey changeKey(
      OrgScope scope, Caller.Administrator actor, UUID id, UnaryOperator<KeyTerms> change) {
    try {
      return keys.change(scope, actor, id, change);
    } finally {
      invalidations.key(id);
    }
  }

  /** Revokes a key: refused at once here, and on other nodes as soon as they hear of it. */
  public void revokeKey(OrgScope scope, Caller.Administrator actor, UUID id) {
    try {
      keys.revoke(scope, actor, id);
    } finally {
      invalidations.key(id);
    }
  }

  // Administrators

  /** Makes an administrator's key. */
  public Issued<Administrator> createAdministrator(Caller.Administrator actor, String name) {
    return administrators.create(actor, name);
  }

  /** In the order of their making, the revoked too. */
  public Page<Administrator> administrators(int limit, @Nullable String cursor) {
    return administrators.list(limit, cursor);
  }

  /**
   * Revokes an administrator's key.
   *
   * @throws Failure CONFLICT when it is the last, or that of {@code TOLLGATE_ADMIN_KEY}
   */
  public void revokeAdministrator(Caller.Administrator actor, UUID id) {
    try {
      administrators.revoke(actor, id);
    } finally {
      invalidations.administrator(id);
    }
  }

  /**
   * Makes the value of {@code TOLLGATE_ADMIN_KEY} an administrator's key, in place of the value it
   * had at an earlier start; a key that is no longer set is revoked.
   *
   * @throws Failure INVALID_REQUEST when it is too short or the key of an organization
   */
  public void registerEnvironmentKey(@Nullable Secret key) {
    administrators.register(key, START).forEach(invalidations::administrator);
  }

  /**
   * Makes the organization {@code default} with a key, and an administrator, where the database
   * knows no organization and no administrator that was issued a key.
   *
   * @param along as of {@link #createOrganization}
   * @param keep writes the keys down; runs before the commit, so that no key is valid and lost
   * @return whether they were made
   */
  public boolean firstStart(BiConsumer<Handle, Organization> along, Consumer<FirstKeys> keep) {
    return FirstStart.run(storage, along, keep);
  }

  // Audit

  /**
   * Appends to the audit within a transaction, as its last statement, as any role but {@code AUTH}:
   * what other rooms change is audited by them.
   */
  public static void audit(Handle handle, Caller.Administrator actor, AuditNote note) {
    AuditLog.append(handle, actor, note);
  }

  /**
   * The audit, newest first.
   *
   * @param organization only what concerns this one; null: everything
   */
  public Page<AuditEntry> auditEntries(
      @Nullable UUID organization, int limit, @Nullable String cursor) {
    return audit.list(organization, limit, cursor);
  }

  /** Computes the whole chain of the audit anew. */
  public AuditVerdict verifyAudit() {
    return AuditChain.verify(storage);
  }
}
