package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.ChildJvm;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that sleeps longer than its lease, and two that believe to be the same one. */
class PauseIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Money DOLLAR = Money.ofCents(100);

  @Test
  void grantsNothingLateAndPutsRightWhatWasPresumedWhenItWakes() throws Exception {
    StorageConfig database = TestDatabase.freshPlainOwner();
    try (Till other = Till.open(database, Till.brief(), Ids.next())) {
      OrgScope scope = other.organization("paused", DOLLAR);
      try (ChildJvm sleeper =
          Teller.start(database, Ids.next(), Scratch.directory("journal"), scope)) {
        assertThat(Teller.holds(sleeper, 30)).isEqualTo("granted");
        sleeper.pause();
        await().atMost(PATIENCE).until(() -> !presumed(other, scope).equals(Money.ZERO));
        long rest = DOLLAR.nanos() - presumed(other, scope).nanos();
        other.settle(other.hold(scope, new Money(rest)), new Money(rest));
        assertThat(other.refusal(scope, Money.ofCents(1)).code())
            .as("what was presumed lately may come back")
            .isEqualTo(ErrorCode.BUDGET_HELD);

        // It finds this when it wakes, before it has heard anything of PostgreSQL.
        Teller.askToHold(sleeper, 50);
        sleeper.resume();
        assertThat(Teller.answer(sleeper)).doesNotContain("granted");
        Teller.askToSettle(sleeper, 12);
        assertThat(Teller.answer(sleeper)).isEqualTo("settled");
        await().atMost(PATIENCE).until(() -> presumed(other, scope).equals(Money.ZERO));
        assertThat(other.spend.status(scope).spent())
            .isEqualTo(new Money(rest + Money.ofCents(12).nanos()));
        Money left = DOLLAR.minus(other.spend.status(scope).spent());
        await()
            .atMost(PATIENCE)
            .until(() ->
                other.admit(scope, left) instanceof Admission.Granted<String> granted
                    && other.settle(granted.hold(), left) != null);
      }
      assertThat(other.spend.status(scope).spent()).isEqualTo(DOLLAR);
      other.books();
    }
  }

  @Test
  void fencesTheOneOfTwoProcessesWithOneNodeIdAndACloneOfItsJournal() throws Exception {
    StorageConfig database = TestDatabase.freshPlainOwner();
    UUID node = Ids.next();
    Path journal = Scratch.directory("journal");
    try (Till first = Till.open(database, Till.brief(), node, journal)) {
      OrgScope scope = first.organization("cloned", DOLLAR);
      first.settle(first.hold(scope, Money.ofCents(20)), Money.ofCents(10));
      Hold open = first.hold(scope, Money.ofCents(30));
      Path clone = Scratch.directory("clone");
      copy(journal, clone);
      try (Till second = Till.open(database, Till.brief(), node, clone)) {
        await()
            .atMost(PATIENCE)
            .until(() -> first.admit(scope, new Money(1)) instanceof Admission.Refused<String>);
        Admission.Refused<String> refusal = first.refusal(scope, new Money(1));
        assertThat(refusal.code()).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE);
        await()
            .atMost(PATIENCE)
            .until(() -> first.refusal(scope, new Money(1)).message().contains("another process"));
        assertThat(first.spend.ready()).isFalse();
        first.settle(open, Money.ofCents(25));
        spendTheRest(second, scope);
        second.books();
        assertThat(second.spend.status(scope).spent()).isLessThanOrEqualTo(DOLLAR);
        assertThat(charged(second, scope, "charge"))
            .as("what the fenced one settled is charged once, and its hold is not spent twice")
            .isLessThanOrEqualTo(DOLLAR.nanos());
      }
    }
  }

  private static void spendTheRest(Till till, OrgScope scope) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          if (till.admit(scope, Money.ofCents(5)) instanceof Admission.Granted<String> granted) {
            till.settle(granted.hold(), Money.ofCents(5));
          }
          return till.spend.status(scope).spent().compareTo(Money.ofCents(95)) > 0;
        });
  }

  private static Money presumed(Till till, OrgScope scope) {
    return new Money(charged(till, scope, "presumed") + charged(till, scope, "reversal"));
  }

  private static long charged(Till till, OrgScope scope, String kind) {
    return till.spend.ledger(scope, null, null, 1_000, null).items().stream()
        .filter(entry -> entry.kind().name().equalsIgnoreCase(kind))
        .mapToLong(entry -> entry.cost() == null ? 0 : entry.cost().nanos())
        .sum();
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      try {
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
