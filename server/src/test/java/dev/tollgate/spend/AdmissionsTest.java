package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A node that is paused between taking money and writing the hold down. */
class AdmissionsTest {

  private static final Duration LIFETIME = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private final List<Integer> closed = new ArrayList<>();
  private Duration pause = Duration.ZERO;

  private final Admissions admissions =
      new Admissions(
          new Admissions.Holds() {
            @Override
            public int open(
                UUID call, int attempt, long amount, long one, long two, long three, long four) {
              clock.advance(pause);
              return 5;
            }

            @Override
            public void close(int slot) {
              closed.add(slot);
            }
          },
          () -> {},
          clock,
          (organization, admission) -> {});

  private final Account.Surroundings around =
      new Account.Surroundings() {
        @Override
        public Clock clock() {
          return clock;
        }

        @Override
        public void distrust() {
          throw new AssertionError("distrust");
        }

        @Override
        public void carry(Account account, Effect.Request request) {
          long now = clock.nanoTime();
          long expires = now + LIFETIME.toNanos();
          BudgetTerms terms =
              new BudgetTerms(new Money(1_000), Ladder.OFF, Estimation.CAPPED, true);
          Reading reading = new Reading(new UUID(0, 1), 1, "acme", terms, 100, 0, now);
          switch (request) {
            case Effect.Open _ ->
                account.answer(new Reply.Open(new Opened(7, 0, 0, 0, reading), expires));
            case Effect.Ask _ -> account.answer(new Reply.Given(100, reading, expires));
            case Effect.Return _ -> account.answer(new Reply.Returned(false));
            case Effect.Recall _ -> account.answer(new Reply.Recalled(0));
          }
        }

        @Override
        public void later(long nanos, Runnable task) {}
      };

  private Admission<String> ask() {
    Account account = new Account(new UUID(0, 1), SpendConfig.DEFAULT, around);
    return Till.await(
        admissions.ask(
            Scopes.of(new UUID(0, 2)),
            Ids.next(),
            1,
            standing -> new Proposal.Take<>(new Money(40), "plan"),
            List.of(account)));
  }

  @Test
  void grantsWhileTheLeaseHolds() {
    assertThat(ask()).isInstanceOf(Admission.Granted.class);
    assertThat(closed).isEmpty();
  }

  @Test
  void grantsNothingThatItWroteDownTooLate() {
    pause = LIFETIME;
    assertThat(ask())
        .isInstanceOfSatisfying(
            Admission.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.BUDGET_UNAVAILABLE));
    assertThat(closed).contains(5);
  }
}
