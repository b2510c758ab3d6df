package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** As whom PostgreSQL runs: it refuses to be root. */
sealed interface RunAs {

  /** As whoever we are. */
  record Ourselves() implements RunAs {}

  /** As nobody in a user namespace of its own, which owns what root owns. */
  record Namespace() implements RunAs {}

  /**
   * As another user of this machine, where namespaces are forbidden, as in many containers.
   *
   * @param name a user that PostgreSQL can look up
   * @param group the number of that user's own group
   */
  record OtherUser(String name, String group) implements RunAs {}

  /** Where the data of another user is kept: root's home is closed to it. */
  Path SHARED = Path.of("/var/lib/tollgate");

  /** The first way that works here. */
  static RunAs choose() {
    return choices()
        .findFirst()
        .orElseThrow(() ->
            Failure.of(
                ErrorCode.UNAVAILABLE,
                "PostgreSQL does not run as root, and neither unshare nor setpriv with a user"
                    + " named tollgate, postgres or nobody is here: run Tollgate as another"
                    + " user, or set TOLLGATE_DATABASE_URL"));
  }

  /** Every way that works here, the best first. */
  static Stream<RunAs> choices() {
    if (!isRoot()) {
      return Stream.of(new Ourselves());
    }
    return Stream.concat(
            Stream.<RunAs>of(new Namespace()),
            Stream.of("tollgate", "postgres", "nobody").flatMap(RunAs::otherUser))
        .filter(RunAs::works);
  }

  private static Stream<RunAs> otherUser(String name) {
    Command.Ended group =
        Command.run(List.of("id", "-g", name), Path.of("/"), Duration.ofSeconds(5));
    return group.succeeded() ? Stream.of(new OtherUser(name, group.output())) : Stream.empty();
  }

  private static boolean works(RunAs choice) {
    return Command.run(choice.command(List.of("true")), Path.of("/"), Duration.ofSeconds(5))
        .succeeded();
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell as whom we run", e);
    }
  }

  /** The words that run {@code words} so. */
  default List<String> command(List<String> words) {
    List<String> all =
        new ArrayList<>(
            switch (this) {
              case Ourselves() -> List.<String>of();
              case Namespace() -> List.of("unshare", "-U", "--");
              case OtherUser(String name, String group) ->
                  List.of("setpriv", "--reuid", name, "--regid", group, "--clear-groups", "--");
            });
    all.addAll(words);
    return all;
  }

  /** The directory for what belongs to {@code home} and must be the server's own. */
  default Path place(Path home) {
    return switch (this) {
      case Ourselves() -> home;
      case Namespace() -> home;
      case OtherUser _ ->
          SHARED.resolve(
              UUID.nameUUIDFromBytes(home.toString().getBytes(StandardCharsets.UTF_8)).toString());
    };
  }

  /** Where programs lie that whoever we run as may reach. */
  default ProgramCache programs() {
    return switch (this) {
      case Ourselves() -> ProgramCache.ofUser();
      case Namespace() -> ProgramCache.ofUser();
      case OtherUser _ -> new ProgramCache(open(SHARED.resolve("programs")));
    };
  }

  /** Makes {@code place}, for whoever we run as alone. */
  default void prepare(Path place) {
    if (this instanceof OtherUser) {
      open(SHARED);
    }
    PrivateFiles.directory(place);
    hand(place);
  }

  /** Gives {@code file} to whoever we run as. */
  default void hand(Path file) {
    if (this instanceof OtherUser(String name, String _)) {
      try {
        Files.setOwner(
            file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot give " + file + " to " + name, e);
      }
    }
  }

  private static Path open(Path directory) {
    try {
      Files.createDirectories(directory);
      for (Path made : List.of(SHARED, directory)) {
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }
}
