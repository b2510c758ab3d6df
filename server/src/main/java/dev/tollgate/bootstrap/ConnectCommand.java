package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    description = {
      "Print the settings that point a client at the gateway, ready to paste into a shell (or, for",
      "mcp, into a client's JSON). Clients: claude-code, anthropic-sdk, openai-sdk, curl, mcp."
    },
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

  /** What can be connected. */
  private enum Client {
    CLAUDE_CODE,
    ANTHROPIC_SDK,
    OPENAI_SDK,
    CURL,
    MCP;

    String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Client named(String name) {
      for (Client each : values()) {
        if (each.wire().equals(name)) {
          return each;
        }
      }
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "no client is named "
              + name
              + "; there are "
              + Arrays.stream(values()).map(Client::wire).collect(Collectors.joining(", ")));
    }
  }

  @Override
  public Integer call() {
    Client known = Client.named(client);
    PrintWriter out = Objects.requireNonNull(command, "set by picocli").commandLine().getOut();
    out.println(settings(known, address(), key()));
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private String settings(Client known, String base, String secret) {
    String mcp = base + "/mcp" + (connector == null ? "" : "/" + connector);
    return switch (known) {
      case CLAUDE_CODE ->
          """
          export ANTHROPIC_BASE_URL=%1$s
          export ANTHROPIC_AUTH_TOKEN=%2$s
          # its tools, once:
          # claude mcp add --transport http tollgate %3$s --header "Authorization: Bearer %2$s\"\
          """
              .formatted(base, secret, mcp);
      case ANTHROPIC_SDK ->
          """
          export ANTHROPIC_BASE_URL=%s
          export ANTHROPIC_API_KEY=%s\
          """
              .formatted(base, secret);
      case OPENAI_SDK ->
          """
          export OPENAI_BASE_URL=%s/v1
          export OPENAI_API_KEY=%s\
          """
              .formatted(base, secret);
      case CURL ->
          """
          curl %s/v1/models -H 'authorization: Bearer %s' -H 'anthropic-version: 2023-06-01'\
          """
              .formatted(base, secret);
      case MCP ->
          """
          {"mcpServers": {"tollgate": {"type": "http", "url": "%s", "headers": {"Authorization": "Bearer %s"}}}}\
          """
              .formatted(mcp, secret);
    };
  }

  private String address() {
    String found = first(url, "TOLLGATE_URL", DataDirectory.address(directory()));
    if (found == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "where is Tollgate? Give --url or TOLLGATE_URL; none has run on " + directory());
    }
    try {
      URI read = (URI) new Scalars(Path.of("")).read(URI.class, found);
      return read.toString().replaceAll("/+$", "");
    } catch (IllegalArgumentException e) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the gateway's URL " + e.getMessage(), e);
    }
  }

  private String key() {
    String found = first(key, "TOLLGATE_KEY", DataDirectory.organizationKey(directory()));
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
    return found;
  }

  private @Nullable String first(@Nullable String option, String variable, Path file) {
    if (option != null) {
      return option;
    }
    String value = environment.getOrDefault(variable, "");
    return value.isBlank() ? PrivateFiles.read(file) : value;
  }

  private Path directory() {
    return data != null ? data : DataDirectory.preset(environment);
  }
}
