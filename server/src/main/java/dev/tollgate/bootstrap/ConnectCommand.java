package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollgate connect CLIENT}: the settings that point a client at this gateway. */
@Command(
    name = "connect",
    description =
        "Print the settings that point a client at the gateway, ready to paste into a shell (for"
            + " mcp into a client's JSON). Clients: claude-code, anthropic-sdk, openai-sdk, codex,"
            + " openai-compatible (Cursor and the like), litellm, langchain, vercel-ai-sdk, curl,"
            + " mcp.",
    mixinStandardHelpOptions = true)
final class ConnectCommand implements Callable<Integer> {

  private final Map<String, String> environment = System.getenv();

  @Spec private @Nullable CommandSpec command;

  @Parameters(paramLabel = "CLIENT", description = "What is to be connected.")
  private String client = "";

  @Option(
      names = "--url",
      description = "Where it is reached (default: $TOLLGATE_URL, else as --data tells).")
  private @Nullable String url;

  @Option(
      names = "--key",
      description = "The key of an organization (default: $TOLLGATE_KEY, else as --data tells).")
  private @Nullable String key;

  @Option(
      names = "--connector",
      paramLabel = "NAME",
      description = "One MCP server (default: all of them together).")
  private @Nullable String connector;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of a gateway of this machine.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    ConnectSettings known = ConnectSettings.named(client);
    PrintWriter out = Objects.requireNonNull(command, "set by picocli").commandLine().getOut();
    Whereabouts whereabouts = new Whereabouts(data, environment);
    URI gateway = whereabouts.gateway(url);
    String base = gateway.toString();
    String mcp = base + "/mcp" + (connector == null ? "" : "/" + connector);
    out.println(known.filled(base, key(whereabouts, gateway), mcp));
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private String key(Whereabouts whereabouts, URI gateway) {
    Path preset = DataDirectory.organizationKey(whereabouts.directory());
    String found = whereabouts.key(key, "TOLLGATE_KEY", preset, gateway);
    if (found == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "which key? Give --key or TOLLGATE_KEY; make one by: tollgate key create");
    }
    if (!found.matches("[A-Za-z0-9_-]+")) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "--key must be a key of an organization: letters, digits, - and _");
    }
    if (key == null && found.equals(PrivateFiles.read(preset))) {
      err().println("tollgate: this is the key of the organization default; another by --key");
    }
    return found;
  }

  private PrintWriter err() {
    return Objects.requireNonNull(command, "set by picocli").commandLine().getErr();
  }
}
