package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(Lifecycle.PER_CLASS)
class StorageIT {

  private final StorageConfig config = withOneConnection(TestDatabase.freshPlainOwner());
  private Storage storage;

  @BeforeAll
  void open() {
    storage = Storage.open(config);
  }

  @AfterAll
  void close() {
    storage.close();
  }

  private static StorageConfig withOneConnection(StorageConfig config) {
    return new StorageConfig(
        config.jdbcUrl(), config.user(), config.password(), 1, config.startTimeout());
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void entersEachRoleTogetherWithItsOrganization(Role role) {
    UUID organization = Ids.next();
    List<String> seen =
        storage.transact(
            new Access(role, organization), handle -> List.of(user(handle), setting(handle)));
    assertThat(seen).containsExactly(role.sqlName(), organization.toString());
  }

  @Test
  void leaksNothingThroughThePool() throws Exception {
    storage.transact(Access.tenant(Ids.next()), StorageIT::user);
    String after = storage.transact(Access.admin(), StorageIT::setting);
    assertThat(after).isEmpty();
    assertThatThrownBy(() ->
            storage.transact(
                Access.tenant(Ids.next()),
                handle -> {
                  throw new IllegalStateException("rolled back");
                }))
        .hasMessage("rolled back");
    String afterRollback =
        storage.transact(Access.spend(), handle -> user(handle) + setting(handle));
    assertThat(afterRollback).isEqualTo("tollgate_spend");
  }

  @Test
  void switchesTheRoleWithinOneTransaction() {
    UUID organization = Ids.next();
    List<String> seen =
        storage.transact(
            Access.admin(),
            handle -> {
              List<String> users = new ArrayList<>(List.of(user(handle), setting(handle)));
              Storage.enter(handle, Access.tenant(organization));
              users.addAll(List.of(user(handle), setting(handle)));
              return users;
            });
    assertThat(seen).containsExactly("tollgate_admin", "", "tollgate_app", organization.toString());
  }

  @Test
  void failsWithUnavailableWhenThePoolIsExhausted() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holder =
        Thread.startVirtualThread(() ->
            storage.transact(
                Access.admin(),
                handle -> {
                  held.countDown();
                  awaitQuietly(release);
                  return true;
                }));
    held.await();
    try {
      assertUnavailable(() -> storage.transact(Access.admin(), StorageIT::user));
      assertThat(storage.available()).isTrue();
    } finally {
      release.countDown();
      holder.join();
    }
  }

  @Test
  void failsWithUnavailableWhenItsConnectionIsCutAndGoesOnAfter() throws Exception {
    assertUnavailable(() ->
        storage.transact(
            Access.admin(),
            handle -> {
              int pid = handle.createQuery("SELECT pg_backend_pid()").mapTo(Integer.class).one();
              terminate(pid);
              return user(handle);
            }));
    String after = storage.transact(Access.admin(), StorageIT::user);
    assertThat(after).isEqualTo("tollgate_admin");
  }

  @Test
  void leavesErrorsOfAStatementAsTheyAre() {
    assertThatThrownBy(() ->
            storage.transact(
                Access.admin(), handle -> handle.execute("SELECT nothing FROM nowhere")))
        .isNotInstanceOf(Failure.class)
        .hasMessageContaining("nowhere");
  }

  private void terminate(int pid) {
    try (var connection = TestDatabase.connectAsSuperuser(config);
        var statement = connection.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(" + pid + ", 5000)");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertUnavailable(Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private static String user(Handle handle) {
    return handle.createQuery("SELECT current_user::text").mapTo(String.class).one();
  }

  private static String setting(Handle handle) {
    return handle
        .createQuery("SELECT coalesce(current_organization()::text, '')")
        .mapTo(String.class)
        .one();
  }
}
