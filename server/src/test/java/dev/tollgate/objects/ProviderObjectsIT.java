package dev.tollgate.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two nodes on one database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderObjectsIT {

  private static final Maker MAKER = new Maker("openai", "0123456789ab");

  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private Storage storage;
  private ProviderObjects one;
  private ProviderObjects other;

  @BeforeAll
  void open() {
    storage = Storage.open(database);
    one = node(storage);
    other = node(storage);
  }

  @AfterAll
  void close() {
    one.close();
    other.close();
    storage.close();
  }

  private static ProviderObjects node(Storage storage) {
    return ProviderObjects.open(storage, ProviderObjects.RETENTION, new SimpleMeterRegistry());
  }

  private static OrgScope somebody() {
    return Scopes.of(Ids.next());
  }

  private static <T> T now(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(100, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
    }
  }

  @Test
  void findsOnAnotherNodeWhatAnAnswerGaveOut() {
    OrgScope scope = somebody();
    assertThat(
            now(
                one.keep(
                    scope, MAKER, Map.of("resp_1", ObjectKind.RESPONSE, "msg_1", ObjectKind.ITEM))))
        .isTrue();
    assertThat(now(other.find(scope, List.of("resp_1", "msg_1", "resp_2"))))
        .containsOnly(Map.entry("resp_1", Set.of(MAKER)), Map.entry("msg_1", Set.of(MAKER)));
    assertThat(one.find(scope, List.of("resp_1")).isComplete()).as("from memory").isTrue();
  }

  @Test
  void givesNothingToAnotherOrganization() {
    now(one.keep(somebody(), MAKER, Map.of("resp_theirs", ObjectKind.RESPONSE)));
    OrgScope stranger = somebody();
    assertThat(now(one.find(stranger, List.of("resp_theirs")))).isEmpty();
    assertThat(now(other.find(stranger, List.of("resp_theirs")))).isEmpty();
  }

  @Test
  void knowsEachThatMadeTheSameId() {
    OrgScope scope = somebody();
    Maker second = new Maker("openai", "ba9876543210");
    now(one.keep(scope, MAKER, Map.of("cntr_1", ObjectKind.CONTAINER)));
    now(one.keep(scope, second, Map.of("cntr_1", ObjectKind.CONTAINER)));
    assertThat(now(one.find(scope, List.of("cntr_1"))).get("cntr_1"))
        .containsExactlyInAnyOrder(MAKER, second);
    assertThat(now(other.find(scope, List.of("cntr_1"))).get("cntr_1"))
        .containsExactlyInAnyOrder(MAKER, second);
  }

  @Test
  void forgetsWhatTheProviderNoLongerHas() {
    OrgScope scope = somebody();
    now(one.keep(scope, MAKER, Map.of("resp_gone", ObjectKind.RESPONSE)));
    now(one.forget(scope, "resp_gone"));
    assertThat(now(one.find(scope, List.of("resp_gone")))).isEmpty();
    assertThat(now(other.find(scope, List.of("resp_gone")))).isEmpty();
  }

  @Test
  void keepsManyAnswersAtOnceOverNodes() {
    OrgScope scope = somebody();
    List<Future<Boolean>> kept = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      ProviderObjects node = i % 2 == 0 ? one : other;
      kept.add(
          node.keep(
              scope, MAKER, Map.of("shared", ObjectKind.CONTAINER, "item_" + i, ObjectKind.ITEM)));
    }
    kept.forEach(each -> assertThat(now(each)).isTrue());
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      ids.add("item_" + i);
    }
    try (ProviderObjects third = node(storage)) {
      assertThat(now(third.find(scope, ids))).hasSize(400);
    }
  }

  @Test
  void removesWhatIsTooOld() throws SQLException {
    OrgScope scope = somebody();
    now(one.keep(scope, MAKER, Map.of("old", ObjectKind.FILE, "young", ObjectKind.FILE)));
    try (Connection owner = TestDatabase.connect(database);
        Statement statement = owner.createStatement()) {
      statement.execute("ALTER TABLE tollgate.provider_objects NO FORCE ROW LEVEL SECURITY");
      statement.execute(
          "UPDATE tollgate.provider_objects SET given_at = now() - interval '31 days'"
              + " WHERE id_hash = sha256('old')");
      statement.execute("ALTER TABLE tollgate.provider_objects FORCE ROW LEVEL SECURITY");
    }
    assertThat(now(other.find(scope, List.of("old", "young")))).containsOnlyKeys("young");
    assertThat(one.sweep()).isEqualTo(1);
    assertThat(one.sweep()).isZero();
  }

  @Test
  void saysThatNothingIsKeptAndNothingKnownWhileTheDatabaseIsAway() {
    Storage gone = Storage.open(database);
    try (ProviderObjects cut = node(gone)) {
      OrgScope scope = somebody();
      gone.close();
      assertThat(now(cut.keep(scope, MAKER, Map.of("lost", ObjectKind.FILE)))).isFalse();
      assertThatThrownBy(() -> now(cut.find(scope, List.of("lost"))))
          .hasRootCauseInstanceOf(Exception.class);
      assertThat(now(one.find(scope, List.of("lost")))).isEmpty();
    }
  }

  @Test
  void refusesToLookUpMoreThanIsBounded() {
    OrgScope scope = somebody();
    List<Future<Map<String, Set<Maker>>>> asked = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      asked.add(other.find(scope, List.of("unknown_" + i)));
    }
    long refused = 0;
    for (Future<Map<String, Set<Maker>>> each : asked) {
      try {
        now(each);
      } catch (IllegalStateException e) {
        assertThat(e.getCause())
            .isInstanceOfSatisfying(
                Failure.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED));
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
