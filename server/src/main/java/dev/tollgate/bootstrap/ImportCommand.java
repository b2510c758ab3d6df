package dev.tollgate.bootstrap;

import dev.tollgate.litellm.Carried;
import dev.tollgate.litellm.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollgate import …}: coming over from another gateway. */
@Command(
    name = "import",
    description = "Come over from another gateway.",
    mixinStandardHelpOptions = true,
    subcommands = ImportCommand.OfLiteLlm.class)
final class ImportCommand {

  private ImportCommand() {}

  /** {@code tollgate import litellm config.yaml}. */
  @Command(
      name = "litellm",
      description = {
        "Make a tollgate.yaml of a LiteLLM proxy's config.yaml, and organizations, users, keys and",
        "budgets of its teams. What cannot be carried is listed: status 3; else 0, and 2 where the",
        "input cannot be used."
      },
      mixinStandardHelpOptions = true)
  static final class OfLiteLlm implements Callable<Integer> {

    static final int INCOMPLETE = 3;
    private static final int UNUSABLE = 2;

    @Spec private @Nullable CommandSpec command;

    @Mixin private final AdministrationOptions options = new AdministrationOptions();

    @Parameters(paramLabel = "CONFIG", description = "LiteLLM's config.yaml.")
    private Path source = Path.of("config.yaml");

    @Option(
        names = "--keys",
        paramLabel = "FILE",
        description = {
          "An answer of LiteLLM's /key/list?return_full_object=true, /team/list or /user/list;",
          "to be given for each."
        })
    private List<Path> exports = new ArrayList<>();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where the configuration goes (default: standard output).")
    private @Nullable Path out;

    @Option(names = "--force", description = "Write over a file that is there and differs.")
    private boolean force;

    @Option(
        names = "--apply",
        description = "Make organizations, users, keys and budgets in the running gateway.")
    private boolean apply;

    @Option(
        names = "--new-keys",
        description = "Make new keys, instead of letting LiteLLM's go on as they are.")
    private boolean newKeys;

    @Option(
        names = "--secrets",
        paramLabel = "FILE",
        description =
            "Where new keys go, readable for its owner alone (default: ${DEFAULT-VALUE}).",
        defaultValue = "tollgate-keys.csv")
    private Path secrets = Path.of("tollgate-keys.csv");

    @Override
    public Integer call() {
      ImportReport report = new ImportReport(line(), options.json());
      Carried carried;
      try {
        carried = ImportSource.read(source, exports, overlay());
        new ImportedFiles(out, overlay(), force).write(carried, report);
      } catch (IllegalArgumentException | IOException e) {
        report.unusable(e);
        return UNUSABLE;
      }
      List<Finding> findings = new ArrayList<>(carried.findings());
      if (apply) {
        RosterApply applied = new RosterApply(options.client(), newKeys, secrets);
        findings.addAll(applied.apply(carried.roster()));
        report.applied(applied);
      }
      return report.findings(findings) ? INCOMPLETE : 0;
    }

    /** Beside the configuration, which names it without its directory. */
    private Path overlay() {
      String name = out == null ? "tollgate" : out.getFileName().toString();
      Path file = Path.of(name.replaceFirst("\\.ya?ml$", "") + "-prices.json");
      return out == null ? file : out.resolveSibling(file);
    }

    private picocli.CommandLine line() {
      return Objects.requireNonNull(command, "set by picocli").commandLine();
    }
  }
}
