package dev.tollgate.catalogue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room's door: which servers are known, and what each organization may use.
 *
 * <p>What is asked with every call is answered from memory, never older than five seconds; changes
 * made here are seen here at once, and on other nodes as soon as they hear of them by Redis. What
 * is in use is read again at half that age, in the background.
 */
public final class Catalogue {

  private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

  static final Duration LIFETIME = Duration.ofSeconds(5);

  private static final Duration REFRESH = Duration.ofMillis(2_500);
  private static final String CHANNEL = "connectors.changed";
  private static final int MOST_ORGANIZATIONS = 10_000;

  private final ConnectorTable table;
  private final @Nullable Redis redis;
  private final Clock clock;
  private final Cache<UUID, Entry> entries;

  /** Counts changes: what was read before one is not kept after it. */
  private final AtomicLong changes = new AtomicLong();

  private record Entry(OrganizationConnectors all, long readAt, AtomicBoolean refreshing) {}

  private Catalogue(Storage storage, @Nullable Redis redis, Clock clock) {
    this.table = new ConnectorTable(storage);
    this.redis = redis;
    this.clock = clock;
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(MOST_ORGANIZATIONS)
            .expireAfterWrite(LIFETIME)
            .ticker(clock::nanoTime)
            .build();
  }

  /**
   * Opens the room.
   *
   * @param redis by which nodes tell each other of changes; null: there is but one
   */
  public static Catalogue open(Storage storage, @Nullable Redis redis, Clock clock) {
    Catalogue opened = new Catalogue(storage, redis, clock);
    if (redis != null) {
      redis.subscribe(CHANNEL, opened::heard);
    }
    return opened;
  }

  // What calls ask
  // -----------------------------------------------------------------------------------

  /** What an organization may use, from memory; null: {@link #load} it. */
  public @Nullable OrganizationConnectors cached(UUID organization) {
    Entry entry = entries.getIfPresent(organization);
    if (entry == null) {
      return null;
    }
    if (clock.nanoTime() - entry.readAt() > REFRESH.toNanos()
        && entry.refreshing().compareAndSet(false, true)) {
      Thread.ofVirtual().name("connectors-refresh").start(() -> refresh(organization));
    }
    return entry.all();
  }

  private void refresh(UUID organization) {
    try {
      var _ = load(organization);
    } catch (RuntimeException e) {
      // The entry stays until it is too old; then its users hear of the failure.
      LOG.debug("the connectors of {} could not be read", organization, e);
    }
  }

  /**
   * Reads what an organization may use; blocks.
   *
   * @throws Failure UNAVAILABLE when the database does not answer
   */
  public OrganizationConnectors load(UUID organization) {
    long before = changes.get();
    long asked = clock.nanoTime();
    Entry entry = new Entry(table.all(organization), asked, new AtomicBoolean());
    if (changes.get() == before) {
      entries.put(organization, entry);
    }
    return entry.all();
  }

  // What administrators do
  // ----------------------------------------------------------------------------

  /** The servers that Tollgate knows, in the order of their names. */
  public List<KnownServer> known() {
    return List.copyOf(KnownServers.ALL.values());
  }

  /**
   * The known server of this name.
   *
   * @throws Failure INVALID_REQUEST that lists those there are
   */
  public KnownServer known(String name) {
    return KnownServers.require(name);
  }

  /**
   * Makes a connector.
   *
   * @param id which it is to have
   * @param along what else is done, in the same transaction; what it returns runs after the commit
   * @throws Failure CONFLICT where the name is taken, or there are as many as there may be
   */
  public Connector create(
      OrgScope scope,
      Caller.Administrator actor,
      UUID id,
      ConnectorDraft draft,
      Function<Handle, Runnable> along) {
    Connector made = table.create(scope, actor, id, draft, along);
    changed(scope.organizationId());
    return made;
  }

  /** The organization's, in the order in which they were made. */
  public Page<Connector> list(OrgScope scope, int limit, @Nullable String cursor) {
    return table.list(scope, limit, cursor);
  }

  public Connector get(OrgScope scope, UUID id) {
    return table.get(scope, id);
  }

  /** What else is done in the transaction of a change. */
  @FunctionalInterface
  public interface Along {
    /**
     * Does it.
     *
     * @param moved whether the connector's server is another now
     * @return to be run after the commit
     */
    Runnable in(Handle handle, boolean moved);
  }

  /** Gives a connector these fields and no others. */
  public Connector change(
      OrgScope scope, Caller.Administrator actor, UUID id, ConnectorDraft draft, Along along) {
    Connector now = table.change(scope, actor, id, draft, along);
    changed(scope.organizationId());
    return now;
  }

  /**
   * Deletes a connector.
   *
   * @param along what else goes, in the same transaction; what it returns runs after the commit
   */
  public void delete(
      OrgScope scope, Caller.Administrator actor, UUID id, Function<Handle, Runnable> along) {
    table.delete(scope, actor, id, along);
    changed(scope.organizationId());
  }

  /**
   * Which tools may be used.
   *
   * @param key null: the organization's own rules
   */
  public ToolRules rules(OrgScope scope, @Nullable UUID key) {
    return table.rules(scope, key);
  }

  /** Replaces the rules of a key, or of the organization. */
  public ToolRules setRules(
      OrgScope scope, Caller.Administrator actor, @Nullable UUID key, ToolRules rules) {
    ToolRules set = table.setRules(scope, actor, key, rules);
    changed(scope.organizationId());
    return set;
  }

  private void changed(UUID organization) {
    forget(organization);
    if (redis != null) {
      redis.publish(CHANNEL, organization.toString());
    }
  }

  private void heard(String message) {
    try {
      forget(UUID.fromString(message));
    } catch (IllegalArgumentException e) {
      LOG.warn("Redis told of something that is not ours on {}", CHANNEL);
    }
  }

  private void forget(UUID organization) {
    changes.incrementAndGet();
    entries.invalidate(organization);
  }
}
