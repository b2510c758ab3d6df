package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.telemetry.Logs;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

/** The command line. Without a subcommand it serves. */
@Command(
    name = "tollgate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A gateway between an organization's agents and everything they spend money on.")
public final class Main {

  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  static {
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("simulator", SimulatorCommand.class);
    COMMANDS.put("connect", ConnectCommand.class);
    COMMANDS.put("import", ImportCommand.class);
    COMMANDS.put("organization", OrganizationCommand.class);
    COMMANDS.put("user", UserCommand.class);
    COMMANDS.put("key", KeyCommand.class);
    COMMANDS.put("provider-key", ProviderKeyCommand.class);
    COMMANDS.put("budget", BudgetCommand.class);
    COMMANDS.put("books", BooksCommand.class);
    COMMANDS.put("audit", AuditCommand.class);
    COMMANDS.put("secrets", SecretsCommand.class);
    COMMANDS.put("config", ConfigCommand.class);
    COMMANDS.put("help", HelpCommand.class);
  }

  private Main() {}

  /** Ends the process with the command's status: 0, 1 where it failed, 2 where it was misused. */
  public static void main(String[] arguments) {
    Logs.forCommand();
    PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(run(out, err, arguments));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    String[] words = withDefault(arguments);
    return commandLine(words).setOut(out).setErr(err).execute(words);
  }

  /** With the one command that is asked for: to know all of them takes longer than to serve. */
  private static CommandLine commandLine(String... words) {
    CommandLine line = new CommandLine(new Main());
    Class<?> asked = words.length == 0 ? null : COMMANDS.get(words[0]);
    if (asked == null || asked == HelpCommand.class) {
      COMMANDS.forEach(line::addSubcommand);
    } else {
      line.addSubcommand(words[0], asked);
    }
    line.setParameterExceptionHandler(Main::misused);
    line.setExecutionExceptionHandler(Main::failed);
    line.setUnmatchedOptionsArePositionalParams(false);
    return line;
  }

  /** {@code tollgate --data DIR} is {@code tollgate serve --data DIR}. */
  private static String[] withDefault(String... arguments) {
    if (arguments.length > 0
        && (!arguments[0].startsWith("-") || OWN_OPTIONS.contains(arguments[0]))) {
      return arguments;
    }
    String[] serve = new String[arguments.length + 1];
    serve[0] = "serve";
    System.arraycopy(arguments, 0, serve, 1, arguments.length);
    return serve;
  }

  private static int misused(CommandLine.ParameterException misuse, String[] arguments) {
    CommandLine line = misuse.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("tollgate: " + misuse.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(misuse, err);
    err.println("See: " + line.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception thrown, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (thrown instanceof Failure failure) {
      err.println("tollgate: " + failure.getMessage());
    } else {
      String message = thrown.getMessage();
      err.println("tollgate: " + (message == null ? thrown.getClass().getSimpleName() : message));
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
