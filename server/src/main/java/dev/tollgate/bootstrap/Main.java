package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.telemetry.Logs;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

/** The command line. Without a subcommand it serves. */
@Command(
    name = "tollgate",
    mixinStandardHelpOptions = true,
    description = "A gateway between an organization's agents and everything they spend money on.",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      SimulatorCommand.class,
      OrganizationCommand.class,
      UserCommand.class,
      KeyCommand.class,
      BudgetCommand.class,
      BooksCommand.class,
      AuditCommand.class,
      ConfigCommand.class,
      HelpCommand.class
    })
public final class Main {

  private Main() {}

  /** Ends the process with the command's status: 0, 1 where it failed, 2 where it was misused. */
  public static void main(String[] arguments) {
    Logs.forCommand();
    System.exit(run(commandLine(), arguments));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setParameterExceptionHandler(Main::misused);
    line.setExecutionExceptionHandler(Main::failed);
    line.setUnmatchedOptionsArePositionalParams(false);
    return line;
  }

  static int run(CommandLine line, String... arguments) {
    return line.execute(withDefault(line, arguments));
  }

  /** {@code tollgate --data DIR} is {@code tollgate serve --data DIR}. */
  private static String[] withDefault(CommandLine line, String[] arguments) {
    boolean named =
        arguments.length > 0
            && (line.getSubcommands().containsKey(arguments[0])
                || line.getCommandSpec().optionsMap().containsKey(arguments[0])
                || !arguments[0].startsWith("-"));
    if (named) {
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
