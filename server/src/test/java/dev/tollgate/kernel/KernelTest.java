package dev.tollgate.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KernelTest {

  @Test
  void closesInReverseWhateverThrows() {
    List<String> closed = new ArrayList<>();
    Closer closer = new Closer();
    AutoCloseable broken =
        () -> {
          throw new IllegalStateException("broken");
        };
    closer.add((AutoCloseable) () -> closed.add("first"));
    closer.add(broken);
    closer.add((AutoCloseable) () -> closed.add("last"));
    assertThatThrownBy(closer::close).hasRootCauseMessage("broken");
    assertThat(closed).containsExactly("last", "first");
  }

  @Test
  void identifiersCarryTheirMillisecondAndSort() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    UUID one = Ids.next();
    UUID two = Ids.next();
    assertThat(one.version()).isEqualTo(7);
    assertThat(Ids.instant(one)).isBetween(before, Instant.now());
    assertThat(one.toString()).isLessThan(two.toString());
  }

  @Test
  void sweepsWhatIsDueOnceAndOnlyThat() {
    Deadlines deadlines = new Deadlines();
    List<String> expired = new ArrayList<>();
    Deadlines.Deadline moved = deadlines.arm(10, () -> expired.add("moved"));
    deadlines.arm(10, () -> expired.add("due"));
    deadlines.arm(10, () -> expired.add("disarmed")).disarm();
    moved.move(20);
    deadlines.sweep(10);
    deadlines.sweep(11);
    assertThat(expired).containsExactly("due");
    deadlines.sweep(20);
    assertThat(expired).containsExactly("due", "moved");
    assertThat(deadlines.size()).isZero();
  }

  @Test
  void aSecretDoesNotShowItself() {
    assertThat(new Secret("hunter2")).hasToString("***");
    assertThat("key " + new Secret("hunter2")).doesNotContain("hunter2");
  }
}
