package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.Scopes;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which charges share a commit, and what becomes of them when it fails. */
class GroupCommitTest {

  private static final LedgerStore.Committed DONE = new LedgerStore.Committed(false, List.of());

  /** A store that does as it is told, one commit at a time. */
  private static final class Script implements GroupCommit.Store {
    final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    final List<Integer> sizes = new CopyOnWriteArrayList<>();
    final List<Long> batches = new CopyOnWriteArrayList<>();

    @Override
    public LedgerStore.Committed commit(long batch, List<PendingCharge> charges) {
      sizes.add(charges.size());
      batches.add(batch);
      try {
        steps.take().run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return DONE;
    }
  }

  private static final class Silent implements GroupCommit.Observer {
    @Override
    public void committed(int entries, long nanos) {}

    @Override
    public void superseded() {}
  }

  private static void ok() {}

  private static void away() {
    throw Failure.of(ErrorCode.UNAVAILABLE, "away");
  }

  private static Runnable fails(String state) {
    return () -> {
      throw new IllegalStateException(new SQLException("no", state));
    };
  }

  private void next(Runnable... steps) {
    script.steps.addAll(List.of(steps));
  }

  private final Script script = new Script();
  private final List<Instant> partitions = new CopyOnWriteArrayList<>();
  private @Nullable GroupCommit opened;

  private GroupCommit open(int outstanding, int batch, Duration settleTimeout) {
    SpendConfig config =
        new SpendConfig(
            Duration.ofSeconds(1),
            10,
            settleTimeout,
            outstanding,
            batch,
            Duration.ofSeconds(10),
            10,
            10,
            Duration.ofSeconds(1));
    GroupCommit commits =
        new GroupCommit(script, partitions::addAll, Clock.system(), config, new Silent(), 41);
    commits.start();
    opened = commits;
    return commits;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
      opened.close();
    }
  }

  private static Future<Settlement> charge(GroupCommit commits) {
    assertThat(commits.reserve()).isTrue();
    Lease lease = new Lease(1, new UUID(0, 1), 1, 0, 0, 0);
    Account account = new Account(new UUID(0, 2), SpendConfig.DEFAULT, new Nowhere());
    Hold hold = new Hold(Scopes.of(new UUID(0, 2)), Ids.next(), 1, Money.ZERO, account, lease);
    return commits.append(hold, Till.FACTS, Till.outcome(Money.ZERO));
  }

  /** An account's surroundings, where nothing is ever asked. */
  private static final class Nowhere implements Account.Surroundings {
    @Override
    public Clock clock() {
      return Clock.system();
    }

    @Override
    public void carry(Account account, Effect.Request request) {
      throw new AssertionError(request.toString());
    }

    @Override
    public void later(long nanos, Runnable task) {
      throw new AssertionError("later");
    }

    @Override
    public void decided(UUID organization, Admission<?> admission) {
      throw new AssertionError(admission.toString());
    }
  }

  @Test
  void commitsAtOnceAndThenTogetherWhatArrivedMeanwhile() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    List<Future<Settlement>> charges = new ArrayList<>();
    charges.add(charge(commits));
    await().until(() -> script.sizes.size() == 1);
    for (int more = 0; more < 11; more++) {
      charges.add(charge(commits));
    }
    next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
    charges.forEach(Till::await);
    assertThat(script.sizes).containsExactly(1, 8, 3);
    assertThat(script.batches).containsExactly(42L, 43L, 44L);
    assertThat(commits.outstanding()).isZero();
  }

  @Test
  void repeatsABatchUnderItsNumberUntilPostgresIsBack() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    next(GroupCommitTest::away, fails("XX000"), GroupCommitTest::ok);
    Till.await(charge(commits));
    assertThat(script.batches).containsExactly(42L, 42L, 42L);
  }

  @Test
  void makesThePartitionThatIsMissing() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    next(fails("23514"), GroupCommitTest::ok);
    Till.await(charge(commits));
    assertThat(partitions).hasSize(1);
  }

  @Test
  void keepsOneChargeThatIsRefusedFromHoldingUpTheOthers() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    Future<Settlement> first = charge(commits);
    await().until(() -> script.sizes.size() == 1);
    Future<Settlement> bad = charge(commits);
    Future<Settlement> good = charge(commits);
    next(GroupCommitTest::ok, fails("22003"), fails("22003"), GroupCommitTest::ok);
    Till.await(first);
    Till.await(good);
    assertThatThrownBy(() -> Till.await(bad))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL));
    assertThat(script.sizes).containsExactly(1, 2, 1, 1);
  }

  @Test
  void tellsACallerThatItsChargeIsLateAndStillTriesIt() {
    GroupCommit commits = open(100, 8, Duration.ofMillis(1));
    Future<Settlement> late = charge(commits);
    await()
        .until(() -> {
          commits.tellLate();
          return late.isComplete();
        });
    assertThat(((Failure) late.cause()).code()).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
    assertThat(commits.behind(Duration.ZERO)).isTrue();
    next(GroupCommitTest::ok);
    await().until(() -> commits.outstanding() == 0);
    assertThat(commits.behind(Duration.ZERO)).isFalse();
  }

  @Test
  void hasAPlaceForEachHoldAndNoMore() {
    GroupCommit commits = open(2, 8, Duration.ofSeconds(10));
    Future<Settlement> queued = charge(commits);
    assertThat(commits.reserve()).isTrue();
    assertThat(commits.reserve()).isFalse();
    commits.unreserve();
    next(GroupCommitTest::ok);
    Till.await(queued);
    assertThat(commits.outstanding()).isZero();
  }
}
