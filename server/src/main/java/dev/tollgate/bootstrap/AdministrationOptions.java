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
      names = "--ca",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Certificates in PEM to trust instead of the usual authorities (default: $TOLLGATE_CA).")
  private @Nullable Path ca;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print what the gateway answers, as JSON.")
  private boolean json;

  AdministrationClient client() {
    Whereabouts whereabouts = new Whereabouts(data, environment);
    URI gateway = whereabouts.gateway(url);
    return new AdministrationClient(gateway, key(whereabouts, gateway), authority());
  }

  private @Nullable Path authority() {
    String named = environment.getOrDefault("TOLLGATE_CA", "");
    return ca != null ? ca : named.isBlank() ? null : Path.of(named);
  }

  Printout printout() {
    return new Printout(
        Objects.requireNonNull(command, "set by picocli").commandLine().getOut(), json);
  }

  boolean json() {
    return json;
  }

  private Secret key(Whereabouts whereabouts, URI gateway) {
    String found =
        whereabouts.key(
            adminKey,
            "TOLLGATE_ADMIN_KEY",
            DataDirectory.administratorKey(whereabouts.directory()),
            gateway);
    if (found == null) {
      throw Failure.of(
          ErrorCode.UNAUTHENTICATED,
          "an administrator's key is needed: set TOLLGATE_ADMIN_KEY; "
              + whereabouts.directory()
              + " has none for "
              + gateway);
    }
    return new Secret(found);
  }
}
