package dev.tollgate.demo;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tollgate demo}: status 0 only when every step of the story was checked.
 *
 * <p>The command that runs the gateway is handed over word by word: {@code --gateway-command=java
 * --gateway-command=-jar --gateway-command=lib/server.jar}; the demo appends {@code serve} and
 * {@code books verify} with their options.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Runs the main job against a throw-away gateway, and tells and checks each step.")
public final class Main implements Callable<Integer> {

  private static final int LINES_OF_LOG = 25;

  @Option(
      names = "--gateway-command",
      required = true,
      paramLabel = "WORD",
      description = "A word of the command that runs the gateway; once for each word.")
  private List<String> gatewayCommand = List.of();

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command, for a launcher that has others too. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  @Override
  public Integer call() {
    Screen screen = Screen.standard();
    screen.title(
        "Tollgate: a gateway between your agents and the money they spend",
        "No model is called: a simulator answers, in the providers' wire formats.");
    String adminKey = "tg_admin_" + new BigInteger(256, new SecureRandom()).toString(36);
    try (Playground playground = Playground.open(gatewayCommand, adminKey);
        Story story = new Story(screen, playground.gateway(), adminKey)) {
      return tell(screen, playground.gateway(), story);
    }
  }

  private static int tell(Screen screen, Gateway gateway, Story story) {
    try {
      story.tell();
    } catch (RuntimeException e) {
      // Whatever goes wrong, an SDK's exception included, ends the story at this step.
      if (gateway.closing()) {
        return 1;
      }
      screen.failure(story.step(), String.valueOf(e.getMessage()));
      screen.log(gateway.lastLines(LINES_OF_LOG));
      return 1;
    }
    screen.success("Every step was checked. Start your own: ./tollgate");
    return 0;
  }
}
