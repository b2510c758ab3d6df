package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Tenancy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tollgate books …}: whether every counter is the sum of its ledger entries, and what an
 * administrator can do where it is not. Needs nothing but the database: a gateway may run on it or
 * not.
 */
@Command(
    name = "books",
    description = "Look at the books, and set them right.",
    mixinStandardHelpOptions = true)
final class BooksCommand {

  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "verify",
      description = "Check that counters, leases and ledger agree; status 1 with each difference.",
      mixinStandardHelpOptions = true)
  int verify(
      @Option(names = "--config", paramLabel = "FILE", description = "The configuration.")
          @Nullable Path config,
      @Option(names = "--data", paramLabel = "DIR", description = "The data directory.")
          @Nullable Path data,
      @Option(
              names = "--repair",
              description = "Set leases and budgets right by the ledger; needs a reason.")
          boolean repair,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why; the audit keeps it.")
          @Nullable String reason) {
    if (repair && reason == null) {
      throw Failure.invalid("--reason", "say why the books are changed: --reason TEXT");
    }
    if (!repair && reason != null) {
      throw Failure.invalid("--reason", "a reason is for --repair");
    }
    return on(
        config,
        data,
        storage -> {
          if (reason != null) {
            Books.repair(storage, Tenancy.COMMAND_LINE, reason)
                .forEach(change -> out().println("repaired: " + change));
          }
          return told(Books.verify(storage));
        });
  }

  /** Whose presumptions are resolved. */
  static final class Whose {
    @Option(names = "--lease", paramLabel = "ID", description = "One lease.")
    private @Nullable Long lease;

    @Option(names = "--node", paramLabel = "ID", description = "All leases of a node.")
    private @Nullable UUID node;

    private Books.Abandoned abandoned() {
      return lease != null
          ? new Books.Abandoned.OfLease(lease)
          : new Books.Abandoned.OfNode(Objects.requireNonNull(node, "picocli requires one"));
    }
  }

  /** Frees what is presumed spent. */
  @Command(
      name = "resolve",
      description =
          "Take back what is presumed spent of leases whose node is gone, with its disk, for good.",
      mixinStandardHelpOptions = true)
  int resolve(
      @Option(names = "--config", paramLabel = "FILE", description = "The configuration.")
          @Nullable Path config,
      @Option(names = "--data", paramLabel = "DIR", description = "The data directory.")
          @Nullable Path data,
      @ArgGroup(multiplicity = "1") Whose whose,
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "Why; the audit keeps it.")
          String reason) {
    return on(
        config,
        data,
        storage -> {
          List<Books.Resolution> resolved =
              Books.resolve(storage, Tenancy.COMMAND_LINE, whose.abandoned(), reason);
          resolved.forEach(one ->
              out()
                  .println(
                      "budget %s, window %d, lease %d: %s are free again"
                          .formatted(one.budget(), one.window(), one.lease(), one.reversed())));
          out().println(resolved.size() + " leases resolved");
          out().flush();
          return CommandLine.ExitCode.OK;
        });
  }

  private int on(@Nullable Path config, @Nullable Path data, ToIntFunction<Storage> work) {
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
      return work.applyAsInt(storage);
    }
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
  }

  private int told(Books.Report report) {
    PrintWriter out = out();
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
