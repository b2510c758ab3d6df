package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path parent;

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    try (DataDirectory data = DataDirectory.take(parent.resolve("a/b"))) {
      assertThat(permissions(data.path())).isEqualTo("rwx------");
    }
  }

  @Test
  void isBelowTheHomeThatTheShellKnows() {
    assertThat(DataDirectory.preset(Map.of("HOME", "/home/of/me")))
        .isEqualTo(Path.of("/home/of/me/.local/share/tollgate"));
    assertThat(DataDirectory.preset(Map.of("HOME", "/home/of/me", "XDG_DATA_HOME", "/data")))
        .isEqualTo(Path.of("/data/tollgate"));
    assertThat(DataDirectory.preset(Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".local/share/tollgate"));
  }

  @Test
  void keepsTheNameOfTheNode() {
    UUID first;
    try (DataDirectory data = DataDirectory.take(parent)) {
      first = data.nodeId();
    }
    try (DataDirectory data = DataDirectory.take(parent)) {
      assertThat(data.nodeId()).isEqualTo(first);
    }
  }

  @Test
  void isOneProcessesAndTellsWhose() {
    try (DataDirectory _ = DataDirectory.take(parent)) {
      assertThatThrownBy(() -> DataDirectory.take(parent))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("in use by the process " + ProcessHandle.current().pid())
          .hasMessageContaining("--data");
      assertThat(DirectoryLock.isTaken(parent)).isTrue();
    }
    assertThat(DirectoryLock.isTaken(parent)).isFalse();
  }

  @Test
  void staysTakenForOthersWhenItsOwnProcessAsksAgain() throws IOException {
    try (DataDirectory _ = DataDirectory.take(parent)) {
      assertThatThrownBy(() -> DataDirectory.take(parent)).isInstanceOf(Failure.class);
      assertThat(DirectoryLock.isTaken(parent)).isTrue();
      try (ChildJvm other = ChildJvm.start(Asking.class, parent.toString())) {
        assertThat(other.awaitLine("taken ")).isEqualTo("true");
      }
    }
  }

  /** Tells whether a directory is taken. */
  static final class Asking {

    private Asking() {}

    public static void main(String[] arguments) {
      System.out.println("taken " + DirectoryLock.isTaken(Path.of(arguments[0])));
    }
  }

  @Test
  void isFreeAgainWhenItsProcessWasKilled() throws IOException {
    try (ChildJvm child = ChildJvm.start(Holding.class, parent.toString())) {
      assertThat(child.awaitLine("held")).isEmpty();
      assertThatThrownBy(() -> DataDirectory.take(parent)).isInstanceOf(Failure.class);
    }
    DataDirectory.take(parent).close();
  }

  /** Takes a data directory and is killed. */
  static final class Holding {

    private Holding() {}

    public static void main(String[] arguments) throws InterruptedException {
      DataDirectory held = DataDirectory.take(Path.of(arguments[0]));
      System.out.println("held");
      Thread.currentThread().join();
      held.close();
    }
  }

  @Test
  void keepsTheFirstKeysSecret() throws IOException {
    try (DataDirectory data = DataDirectory.take(parent)) {
      data.keep(DataDirectory.administratorKey(parent), new Secret("tg_admin_a"));
    }
    Path administrator = DataDirectory.administratorKey(parent);
    assertThat(administrator).hasContent("tg_admin_a\n");
    assertThat(permissions(administrator)).isEqualTo("rw-------");
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
