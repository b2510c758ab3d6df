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
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which charges share a commit, and what becomes of them when it fails. */
class GroupCommitTest {

  private static final UUID NODE = new UUID(0, 7);

  /** A store that does as it is told, one commit at a time. */
  private static final class Script implements GroupCommit.Store {
    final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    final List<Integer> sizes = new CopyOnWriteArrayList<>();
    final List<Long> batches = new CopyOnWriteArrayList<>();
    final AtomicLong known = new AtomicLong(41);
    final BlockingQueue<Runnable> overs = new LinkedBlockingQueue<>();

    @Override
    public LedgerStore.Committed commit(long after, long batch, int count, byte[] rows) {
      assertThat(RowBuffer.split(rows)).hasSize(count);
      sizes.add(count);
      batches.add(batch);
      try {
        steps.take().run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new LedgerStore.Committed(false, List.of(), known.getAndSet(batch));
    }

    @Override
    public Long startOver() {
      Runnable step = overs.poll();
      if (step != null) {
        step.run();
      }
      return known.get();
    }
  }

  private static final class Watch implements GroupCommit.Observer {
    final AtomicInteger behind = new AtomicInteger();
    final AtomicInteger replayed = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final BlockingQueue<Runnable> ends = new LinkedBlockingQueue<>();

    @Override
    public void committed(int entries, long nanos) {}

    @Override
    public void ended(Hold hold) {
      ended.incrementAndGet();
      Runnable step = ends.poll();
      if (step != null) {
        step.run();
      }
    }

    @Override
    public void superseded() {}

    @Override
    public void behind() {
      behind.incrementAndGet();
    }

    @Override
    public void replayed(List<Damage> damages) {
      assertThat(damages).isEmpty();
      replayed.incrementAndGet();
    }
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

  private static void failsBadly() {
    throw new AssertionError("not foreseen");
  }

  private void next(Runnable... steps) {
    script.steps.addAll(List.of(steps));
  }

  private final Script script = new Script();
  private final List<Instant> partitions = new CopyOnWriteArrayList<>();
  private final Watch watch = new Watch();
  private @TempDir Path home;
  private @Nullable Intake intake;
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
    Journal journal = Journal.open(home, JournalBounds.DEFAULT, NODE, "boot", Clock.system());
    long last = Math.max(41, journal.lastBatch());
    intake = new Intake(journal, config, last);
    GroupCommit commits =
        new GroupCommit(
            script, partitions::addAll, intake, journal, Clock.system(), config, watch, 41, last);
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

  private Intake intake() {
    if (intake == null) {
      throw new AssertionError("not open");
    }
    return intake;
  }

  private Future<Settlement> charge(GroupCommit commits) {
    assertThat(intake().reserve()).isTrue();
    Lease lease = new Lease(1, new UUID(0, 1), 1, 0, 0, 0);
    Account account = new Account(new UUID(0, 2), SpendConfig.DEFAULT, new Nowhere());
    Hold hold =
        new Hold(
            Scopes.of(new UUID(0, 2)),
            Ids.next(),
            1,
            Money.ZERO,
            List.of(new Hold.Part(account, lease)),
            0);
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
    public void distrust() {
      throw new AssertionError("distrust");
    }

    @Override
    public void later(long nanos, Runnable task) {
      throw new AssertionError("later");
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
    assertThat(intake().outstanding()).isZero();
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
  void tellsTheStoreOfABatchWhoseLastChargeItRefuses() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    Future<Settlement> bad = charge(commits);
    next(fails("22003"), GroupCommitTest::ok);
    assertThatThrownBy(() -> Till.await(bad)).isInstanceOf(Failure.class);
    Future<Settlement> good = charge(commits);
    next(GroupCommitTest::ok);
    Till.await(good);
    assertThat(script.sizes).containsExactly(1, 0, 1);
    assertThat(script.batches).containsExactly(42L, 42L, 43L);
    assertThat(watch.behind).hasValue(0);
  }

  @Test
  void tellsCallersOutOfTheJournalWhereTheStoreLetsThemWait() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    Future<Settlement> stuck = charge(commits);
    await().until(() -> script.sizes.size() == 1);
    Future<Settlement> behindIt = charge(commits);
    await()
        .until(() -> {
          commits.secure();
          return stuck.isComplete() && behindIt.isComplete();
        });
    assertThat(stuck.succeeded()).isTrue();
    assertThat(behindIt.succeeded()).isTrue();
    assertThat(commits.behind(Duration.ZERO)).isTrue();
    next(GroupCommitTest::ok, GroupCommitTest::ok);
    await().until(() -> intake().outstanding() == 0 && !commits.behind(Duration.ZERO));
  }

  @Test
  void replaysTheJournalToADatabaseThatIsBehind() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
    for (int call = 0; call < 3; call++) {
      Till.await(charge(commits));
    }
    script.known.set(42);
    next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
    Till.await(charge(commits));
    await().until(() -> watch.replayed.get() == 1);
    assertThat(script.batches).containsExactly(42L, 43L, 44L, 45L, 43L, 44L, 45L);
    assertThat(watch.behind).hasValue(1);
    assertThat(commits.replaying()).isFalse();
  }

  @Test
  void goesOnWhateverGoesWrongWhileItCatchesUp() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    next(GroupCommitTest::ok, GroupCommitTest::ok);
    Till.await(charge(commits));
    script.known.set(41);
    script.overs.addAll(
        List.of(fails("42883"), GroupCommitTest::failsBadly, GroupCommitTest::away));
    next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
    Till.await(charge(commits));
    await().until(() -> watch.replayed.get() == 1);
    assertThat(script.overs).isEmpty();
    assertThat(commits.stopped()).isFalse();
    Till.await(charge(commits));
  }

  @Test
  void triesABatchAgainWhateverWentWrong() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    next(GroupCommitTest::failsBadly, GroupCommitTest::ok);
    Till.await(charge(commits));
    assertThat(script.batches).containsExactly(42L, 42L);
    assertThat(intake().outstanding()).isZero();
  }

  @Test
  void tellsTheOthersOfABatchWhereOneCannotBeTold() {
    GroupCommit commits = open(100, 8, Duration.ofSeconds(10));
    Future<Settlement> first = charge(commits);
    await().until(() -> script.sizes.size() == 1);
    Future<Settlement> untold = charge(commits);
    Future<Settlement> told = charge(commits);
    watch.ends.addAll(List.of(GroupCommitTest::ok, fails("no matter")));
    next(GroupCommitTest::ok, GroupCommitTest::ok, GroupCommitTest::ok);
    Till.await(first);
    Till.await(told);
    assertThat(untold.isComplete()).isFalse();
    Till.await(charge(commits));
    assertThat(watch.ended).hasValue(4);
    assertThat(intake().outstanding()).isZero();
  }

  @Test
  void hasAPlaceForEachHoldAndNoMore() {
    GroupCommit commits = open(2, 8, Duration.ofSeconds(10));
    Future<Settlement> queued = charge(commits);
    assertThat(intake().reserve()).isTrue();
    assertThat(intake().reserve()).isFalse();
    intake().unreserve();
    next(GroupCommitTest::ok);
    Till.await(queued);
    assertThat(intake().outstanding()).isZero();
  }
}
