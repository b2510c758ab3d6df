package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Until when a lease is a node's for certain. */
class LeaseTest {

  private final Lease lease = new Lease(1, new UUID(0, 1), 1, 0, 0, 0);

  @Test
  void isNobodysBeforeItIsOpened() {
    assertThat(lease.holds(0)).isFalse();
  }

  @Test
  void holdsUntilItsLatestRenewal() {
    lease.renew(100);
    lease.renew(80);
    assertThat(lease.holds(99)).isTrue();
    assertThat(lease.holds(100)).isFalse();
  }

  @Test
  void isNotRevivedByARenewalThatComesLate() {
    lease.renew(100);
    lease.forsake();
    lease.renew(200);
    assertThat(lease.holds(50)).isFalse();
  }
}
