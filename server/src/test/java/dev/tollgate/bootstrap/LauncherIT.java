package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a clone of its own, with programs that only say how they were called. */
class LauncherIT {

  private static final Path LAUNCHER = Path.of("..", "tollgate");

  @TempDir Path directory;
  private Path clone;
  private Path jdk;

  /** What the launcher said, and how it ended. */
  private record Said(int status, String text) {}

  @BeforeEach
  void aCloneThatIsBuilt() throws IOException {
    clone = Files.createDirectories(directory.resolve("a clone"));
    Files.copy(LAUNCHER, clone.resolve("tollgate"));
    for (String source :
        List.of("server/src/main", "simulator/src/main", "server/target/dist/lib")) {
      Files.createDirectories(clone.resolve(source));
    }
    for (String pom : List.of("pom.xml", "server/pom.xml", "simulator/pom.xml")) {
      Files.writeString(clone.resolve(pom), "<project/>");
    }
    Files.writeString(clone.resolve("server/target/dist/lib/tollgate-server-1.jar"), "");
    Files.writeString(clone.resolve("server/target/dist/built"), "");
    jdk = jdk("a jdk", "25.0.3");
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve(name));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    program(home.resolve("bin/java"), "printf '[%s]' \"$@\"; exit 7");
    program(home.resolve("bin/javac"), "exit 1");
    return home;
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void startsJavaWithTheArgumentsAsTheyAre() throws Exception {
    Said said = launch(clone.resolve("tollgate"), "serve", "--data", "a b", "");
    assertThat(said.status()).isEqualTo(7);
    assertThat(said.text())
        .contains("[@" + clone.toRealPath() + "/server/target/dist/lib/jvm.options]")
        .endsWith("tollgate-server-1.jar][serve][--data][a b][]");
  }

  @Test
  void isFoundThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a clone", "tollgate"));
    assertThat(launch(link, "help").text()).endsWith("tollgate-server-1.jar][help]");
  }

  @Test
  void refusesAJdkThatIsTooOld() throws Exception {
    jdk = jdk("old", "21.0.2");
    Said said = launch(clone.resolve("tollgate"));
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text()).contains("TOLLGATE_JAVA_HOME").contains("no JDK 25 or newer");
  }

  @Test
  void usesTheCacheOfThisJdkWhereThereIsOne() throws Exception {
    Path dist = clone.resolve("server/target/dist");
    assertThat(launch(clone.resolve("tollgate")).text()).contains("could not be recorded");
    Path none = onlyFile(dist, ".aot.none");
    Files.move(none, Path.of(none.toString().replace(".none", "")));
    assertThat(launch(clone.resolve("tollgate")).text())
        .contains("[-XX:AOTCache=" + dist.toRealPath())
        .doesNotContain("recorded");
  }

  @Test
  void buildsWhenASourceIsNewerAndTellsWhatMavenSaid() throws Exception {
    Files.setLastModifiedTime(
        clone.resolve("server/target/dist/built"), java.nio.file.attribute.FileTime.fromMillis(0));
    program(directory.resolve("bin/mvn"), "echo '[ERROR] it does not compile'; exit 1");
    Said said = launch(clone.resolve("tollgate"));
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text()).contains("building", "[ERROR] it does not compile", "build.log");
  }

  private static Path onlyFile(Path directory, String end) throws IOException {
    try (var files = Files.list(directory)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(end)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  private Said launch(Path launcher, String... arguments) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(launcher.toString());
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("TOLLGATE_JAVA_HOME", jdk.toString());
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (old, bin) -> bin + old);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }
}
