package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An account that nobody uses any more. */
class AccountTest {

  private static final UUID BUDGET = new UUID(0, 1);
  private static final long IDLE = Duration.ofMinutes(1).toNanos();

  private final ManualClock clock = new ManualClock();
  private final Deque<Effect.Request> asked = new ArrayDeque<>();
  private final Account account = new Account(BUDGET, SpendConfig.DEFAULT, new Around());

  private final class Around implements Account.Surroundings {
    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public void carry(Account of, Effect.Request request) {
      asked.add(request);
    }

    @Override
    public void distrust() {
      throw new AssertionError("distrust");
    }

    @Override
    public void later(long nanos, Runnable task) {}
  }

  private static final class Small implements Waiter {
    @Override
    public Proposal<?> propose(Standing standing) {
      return new Proposal.Take<>(new Money(1), "plan");
    }

    @Override
    public long since() {
      return 0;
    }

    @Override
    public void decided(Verdict verdict) {
      assertThat(verdict).isInstanceOf(Verdict.Grant.class);
    }
  }

  private Reading reading() {
    BudgetTerms terms = new BudgetTerms(new Money(100), Ladder.OFF, Estimation.CAPPED, true);
    return new Reading(BUDGET, 1, "acme", terms, 0, 0, clock.nanoTime());
  }

  private long expires() {
    return clock.nanoTime() + Duration.ofHours(1).toNanos();
  }

  @Test
  void givesItsLeaseBackBeforeItIsForgotten() {
    assertThat(account.enqueue(new Small())).isTrue();
    assertThat(asked.poll()).isInstanceOf(Effect.Open.class);
    account.answer(new Reply.Open(new Opened(7, 0, 0, 0, reading()), expires()));
    assertThat(asked.poll()).isInstanceOf(Effect.Ask.class);
    account.answer(new Reply.Given(1, reading(), expires()));
    account.settled(account.leases().getFirst(), 1, 1);
    assertThat(account.retire(IDLE)).as("it was used just now").isFalse();
    assertThat(asked).isEmpty();

    clock.advance(Duration.ofMinutes(2));
    assertThat(account.retire(IDLE)).as("it has a lease").isFalse();
    assertThat(asked.poll())
        .isInstanceOfSatisfying(
            Effect.Return.class,
            back -> {
              assertThat(back.close()).isTrue();
              assertThat(back.lease().id()).isEqualTo(7);
            });
    assertThat(account.retire(IDLE)).as("it may be asked again").isFalse();
    account.answer(new Reply.Returned(true));
    assertThat(account.retire(IDLE)).isTrue();
    assertThat(account.leases()).isEmpty();
    assertThat(account.enqueue(new Small())).isFalse();
  }
}
