package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.Rotated;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Tenancy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate secrets …}: the keys that stored credentials are encrypted by. */
@Command(
    name = "secrets",
    description = "Make a master key; change the keys that stored secrets are under.",
    mixinStandardHelpOptions = true)
final class SecretsCommand {

  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "new-key",
      description = "Print a new master key, for secrets.master-key of every node.",
      mixinStandardHelpOptions = true)
  void newKey() {
    out().println(MasterKey.generate());
    out().flush();
  }

  /** Needs nothing but the database and the master key: gateways may run on it or not. */
  @Command(
      name = "rotate",
      description = {
        "Make a new key, encrypt everything stored anew, and drop the old keys.",
        "Where secrets.previous-master-key is given, the master key is replaced first."
      },
      mixinStandardHelpOptions = true)
  void rotate(
      @Option(names = "--config", paramLabel = "FILE", description = "The configuration.")
          @Nullable Path config,
      @Option(names = "--data", paramLabel = "DIR", description = "The data directory.")
          @Nullable Path data) {
    Config loaded =
        switch (ConfigFile.load(config, System.getenv())) {
          case ConfigFile.Loaded.Good good -> good.config();
          case ConfigFile.Loaded.Bad bad ->
              throw Failure.of(ErrorCode.INVALID_REQUEST, String.join("\n", bad.problems()));
        };
    Path directory = data != null ? data : DataDirectory.preset(System.getenv());
    try (CommandDatabase database = new CommandDatabase(loaded.database(), directory);
        Storage storage = Storage.open(database.storage())) {
      err().println("tollgate: " + database.place());
      if (loaded.secrets().keys().current() == null) {
        throw Failure.of(
            ErrorCode.INVALID_REQUEST,
            "which master key? It is in no configuration that was read: give --config FILE");
      }
      Secrets secrets =
          Secrets.open(
              storage,
              loaded.secrets().keys(),
              handle -> audit(handle, "secrets.replace-master-key"));
      told(secrets.rotate(SecretsCommand::audit));
    }
  }

  private static void audit(Handle handle, String action) {
    Tenancy.audit(
        handle,
        Tenancy.COMMAND_LINE,
        new AuditNote(action, "secret-keyset", "keyset", null, Map.of()));
  }

  private void told(Rotated rotated) {
    out()
        .printf(
            "encrypted %d secrets anew, dropped %d old keys%n", rotated.rows(), rotated.dropped());
    out().flush();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
  }
}
