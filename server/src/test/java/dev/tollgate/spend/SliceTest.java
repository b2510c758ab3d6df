package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The money of a lease in memory, and how much of it to have. */
class SliceTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void holdsAllOrNothing() {
    Slice slice = new Slice(0);
    slice.put(10);
    assertThat(slice.take(11)).isFalse();
    assertThat(slice.take(10)).isTrue();
    assertThat(slice.take(1)).isFalse();
    assertThat(slice.settle(10, 4)).isZero();
    assertThat(slice.free()).isEqualTo(6);
    assertThat(slice.settled()).isEqualTo(4);
    assertThat(slice.takeUpTo(100)).isEqualTo(6);
    assertThat(slice.settle(0, 3)).isEqualTo(3);
    assertThat(slice.excess()).isEqualTo(3);
    assertThat(slice.free()).isZero();
  }

  @Test
  void losesNothingAmongManyThreads() throws Exception {
    long granted = 100_000;
    Lease lease = new Lease(1, new UUID(0, 1), 1, granted, 0, 0);
    lease.slice().put(granted);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int thread = 0; thread < 8; thread++) {
        Random random = new Random(thread);
        threads.execute(() -> {
          for (int call = 0; call < 20_000; call++) {
            long amount = random.nextLong(1, 50);
            if (lease.slice().take(amount)) {
              lease.slice().settle(amount, random.nextInt(4) == 0 ? 1 : 0);
            }
          }
        });
      }
    }
    assertThat(lease.outstanding()).isZero();
    assertThat(lease.slice().free() + lease.slice().settled()).isEqualTo(granted);
  }

  @Test
  void tellsHowMuchNobodyNeeded() {
    Slice slice = new Slice(0);
    slice.put(100);
    slice.lowest();
    assertThat(slice.take(70)).isTrue();
    slice.put(70);
    assertThat(slice.lowest()).isEqualTo(30);
    assertThat(slice.lowest()).isEqualTo(100);
  }

  @Test
  void wantsTwoSecondsOfWhatIsSpentAndTwoCallsAtLeast() {
    SliceSize size = new SliceSize(0, 0);
    size.held(30);
    assertThat(size.target()).isEqualTo(60);
    for (int second = 1; second <= 20; second++) {
      size.sample(second * 1_000L, second * SECOND);
    }
    assertThat(size.target()).isBetween(1_990L, 2_000L);
    size.sample(20_000, 20 * SECOND + 1);
    for (int second = 21; second <= 60; second++) {
      size.sample(20_000, second * SECOND);
    }
    assertThat(size.target()).isEqualTo(60);
    size.held(Long.MAX_VALUE / 2);
    assertThat(size.target()).isPositive();
  }

  @Test
  void labelsAsManyOrganizationsAsAllowedAndTheRestTogether() {
    OrganizationLabels labels = new OrganizationLabels(2);
    UUID first = new UUID(0, 1);
    UUID third = new UUID(0, 3);
    assertThat(labels.of(first)).isEqualTo(first.toString());
    assertThat(labels.of(new UUID(0, 2))).isNotEqualTo(OrganizationLabels.OTHER);
    assertThat(labels.of(third)).isEqualTo(OrganizationLabels.OTHER);
    assertThat(labels.of(first)).isEqualTo(first.toString());
    labels.remove(first);
    assertThat(labels.of(third)).isEqualTo(third.toString());
  }
}
