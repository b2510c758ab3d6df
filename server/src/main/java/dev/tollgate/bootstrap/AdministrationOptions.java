package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Where the gateway is that a command administers, as whom, and how it prints. */
final class AdministrationOptions {

  private final Map<String, String> environment = System.getenv();

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      description = "Where it is reached (default: $TOLLGATE_URL, else as --data tells).")
  private @Nullable String url;

  @Option(
      names = "--admin-key",
      paramLabel = "KEY",
      scope = ScopeType.INHERIT,
      description =
          "An administrator's key; other users of this machine can see it here, but not in"
              + " $TOLLGATE_ADMIN_KEY (default: that, else as --data tells).")
  private @Nullable String adminKey;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The data directory of a gateway of this machine.")
  private @Nullable Path data;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print what the gateway answers, as JSON.")
  private boolean json;

  AdministrationClient client() {
    return new AdministrationClient(gateway(), key());
  }

  Printout printout() {
    return new Printout(
        Objects.requireNonNull(command, "set by picocli").commandLine().getOut(), json);
  }

  private URI gateway() {
    String found = first(url, "TOLLGATE_URL", DataDirectory.address(directory()));
    if (found == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "where is Tollgate? Give --url or TOLLGATE_URL; none has run on " + directory());
    }
    try {
      return (URI) new Scalars(Path.of("")).read(URI.class, found);
    } catch (IllegalArgumentException e) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the gateway's URL " + e.getMessage(), e);
    }
  }

  private Secret key() {
    String found =
        first(adminKey, "TOLLGATE_ADMIN_KEY", DataDirectory.administratorKey(directory()));
    if (found == null) {
      throw Failure.of(
          ErrorCode.UNAUTHENTICATED,
          "an administrator's key is needed: set TOLLGATE_ADMIN_KEY; there is none in "
              + directory());
    }
    return new Secret(found);
  }

  private @Nullable String first(@Nullable String option, String variable, Path file) {
    if (option != null) {
      return option;
    }
    String value = environment.getOrDefault(variable, "");
    return value.isBlank() ? PrivateFiles.read(file) : value;
  }

  private Path directory() {
    return data != null ? data : DataDirectory.preset(environment);
  }
}
