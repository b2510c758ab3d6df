package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditVerdict;
import dev.tollgate.tenancy.Tenancy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate audit verify}: whether the audit is as it was written. */
@Command(
    name = "audit",
    description = "Look at the audit of administrative changes.",
    mixinStandardHelpOptions = true)
final class AuditCommand {

  @Spec private @Nullable CommandSpec spec;

  /** Needs nothing but the database: a gateway may run on it or not. */
  @Command(
      name = "verify",
      description = "Compute the chain of entries anew; status 1 at the first that does not fit.",
      mixinStandardHelpOptions = true)
  int verify(
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
      return told(Tenancy.open(storage, null, Clock.system()).verifyAudit());
    }
  }

  private int told(AuditVerdict verdict) {
    PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
    int status =
        switch (verdict) {
          case AuditVerdict.Intact(long entries, String head) -> {
            out.println("the audit is intact: " + entries + " entries, the last is " + head);
            yield CommandLine.ExitCode.OK;
          }
          case AuditVerdict.Broken(long seq, String why) -> {
            out.println("the audit is BROKEN at entry " + seq + ": " + why);
            yield CommandLine.ExitCode.SOFTWARE;
          }
        };
    out.flush();
    return status;
  }
}
