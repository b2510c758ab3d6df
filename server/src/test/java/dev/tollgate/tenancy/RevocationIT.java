package dev.tollgate.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.testing.ManualClock;
import dev.tollgate.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, whose clocks stand still: what one forgets, it was told to forget. */
class RevocationIT {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 99), "tester");

  private final ManualClock clock = new ManualClock();

  @Test
  void reachesOtherNodesOverRedis(@TempDir Path home) {
    try (EmbeddedRedis server = EmbeddedRedis.start(home);
        Redis redisHere = Redis.open(new RedisConfig(server.address().url(), "t:"));
        Redis redisThere = Redis.open(new RedisConfig(server.address().url(), "t:"));
        Storage storage = Storage.open(TestDatabase.fresh())) {
      Tenancy here = Tenancy.open(storage, redisHere, clock);
      Tenancy there = Tenancy.open(storage, redisThere, clock);
      awaitMessages(redisHere, redisThere);
      OrgScope scope = organization(here);
      Issued<ApiKey> key = key(here, scope);
      Issued<ApiKey> other = key(here, scope);
      Issued<Administrator> first = here.createAdministrator(ADMIN, "first");
      here.createAdministrator(ADMIN, "second");
      assertThat(there.authenticate(key.key().reveal())).isNotNull();
      assertThat(there.authenticate(other.key().reveal())).isNotNull();
      assertThat(there.authenticate(first.key().reveal())).isNotNull();

      RateLimits five = new RateLimits(5L, null, null);
      here.changeKey(
          scope, ADMIN, other.item().id(), old -> new KeyTerms(five, List.of("quick"), null));
      awaitEntitlements(
          there, other.key().reveal(), new KeyTerms(five, List.of("quick"), null), RateLimits.NONE);
      here.limitOrganization(ADMIN, scope.organizationId(), old -> five);
      awaitEntitlements(
          there, other.key().reveal(), new KeyTerms(five, List.of("quick"), null), five);

      here.revokeKey(scope, ADMIN, key.item().id());
      awaitRefused(there, key.key().reveal());
      assertThat(there.cached(other.key().reveal())).isNotNull();
      here.deleteOrganization(ADMIN, scope.organizationId(), handle -> {});
      awaitRefused(there, other.key().reveal());
      here.revokeAdministrator(ADMIN, first.item().id());
      awaitRefused(there, first.key().reveal());
    }
  }

  private static void awaitMessages(Redis from, Redis to) {
    boolean[] heard = new boolean[1];
    to.subscribe("probe", message -> heard[0] = true);
    await()
        .until(() -> {
          from.publish("probe", "");
          return heard[0];
        });
  }

  private static void awaitEntitlements(
      Tenancy node, String key, KeyTerms terms, RateLimits organization) {
    Entitlements expected = new Entitlements(terms, RateLimits.NONE, organization);
    await()
        .until(() ->
            node.authenticate(key) instanceof Caller.Tenant(OrgScope scope)
                && scope.entitlements().equals(expected));
  }

  private static void awaitRefused(Tenancy node, String key) {
    await().until(() -> node.cached(key) == null);
    assertThatThrownBy(() -> node.authenticate(key))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
  }

  private static OrgScope organization(Tenancy tenancy) {
    Organization made =
        tenancy.createOrganization(
            ADMIN, new OrganizationDraft("Acme", null), (handle, organization) -> {});
    return tenancy.scopeFor(ADMIN, made.id());
  }

  private static Issued<ApiKey> key(Tenancy tenancy, OrgScope scope) {
    return tenancy.createKey(scope, ADMIN, new ApiKeyDraft("key", null, null, null));
  }
}
