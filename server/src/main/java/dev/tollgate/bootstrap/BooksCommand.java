package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate books verify}: whether every counter is the sum of its ledger entries. */
@Command(name = "books", description = "Look at the books.", mixinStandardHelpOptions = true)
final class BooksCommand {

  @Spec private @Nullable CommandSpec spec;

  /** Needs nothing but the database: a gateway may run on it or not. */
  @Command(
      name = "verify",
      description = "Check that counters, leases and ledger agree; status 1 with each difference.",
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
      return told(Books.verify(storage));
    }
  }

  private int told(Books.Report report) {
    PrintWriter out = Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
    report.differences().forEach(out::println);
    out.println(
        (report.balanced() ? "the books balance: " : "the books do NOT balance: ")
            + report.entries()
            + " entries in "
            + report.windows()
            + " windows, "
            + report.differences().size()
            + " differences");
    out.flush();
    return report.balanced() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }
}
