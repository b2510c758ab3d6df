package dev.tollgate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * MCP's official servers and clients of npm, in {@code tools/mcp-partners}. Tests that need them
 * run where they are installed; CI installs them.
 */
public final class McpPartners {

  private static final JsonMapper JSON = new JsonMapper();
  private static final NpmPackages PACKAGES = new NpmPackages("tools/mcp-partners");

  private McpPartners() {}

  /** A server as a process. */
  public static final class Server implements AutoCloseable {
    private final Process process;
    private final String url;

    Server(Process process, String url) {
      this.process = process;
      this.url = url;
    }

    public String url() {
      return url;
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Whether they are there. */
  public static boolean installed() {
    return PACKAGES.has("@modelcontextprotocol/server");
  }

  /** The folder that they are installed in. */
  public static Path home() {
    return PACKAGES.home();
  }

  /** Node.js: the one that npm brought, or the machine's. */
  public static String node() {
    return PACKAGES.node();
  }

  /** The program of a package, such as {@code mcp-server-memory}. */
  public static String program(String name) {
    return home().resolve("node_modules/.bin").resolve(name).toString();
  }

  /** {@code server.mjs}: 2026-07-28 and, without sessions, 2025-11-25. */
  public static Server partner() {
    return start(Map.of(), "port ", List.of(node(), home().resolve("server.mjs").toString()));
  }

  /** {@code conformance-server.mjs}: what the conformance suite asks for, in both eras. */
  public static Server conforming() {
    return start(
        Map.of(), "port ", List.of(node(), home().resolve("conformance-server.mjs").toString()));
  }

  /**
   * {@code @modelcontextprotocol/server-everything}.
   *
   * @param transport {@code streamableHttp} or {@code sse}
   */
  public static Server everything(String transport) {
    int port = freePort();
    Server started =
        start(
            Map.of("PORT", String.valueOf(port)),
            null,
            List.of(node(), program("mcp-server-everything"), transport));
    String path = transport.equals("sse") ? "/sse" : "/mcp";
    return new Server(started.process, "http://127.0.0.1:" + port + path);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when the server said where it listens. */
  private static Server start(
      Map<String, String> environment, @Nullable String prefix, List<String> words) {
    try {
      ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      BufferedReader lines = process.inputReader();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (prefix == null ? line.contains(" port ") : line.startsWith(prefix)) {
          Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
          String port = prefix == null ? "" : line.substring(prefix.length());
          return new Server(process, "http://127.0.0.1:" + port + "/mcp");
        }
      }
      throw new IllegalStateException("the server ended without listening: " + words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An official client. */
  public enum Client {
    /** The SDK of the session era. */
    V1("v1", "legacy"),
    /** The SDK of both, as it was in the session era. */
    V2_LEGACY("v2", "legacy"),
    /** The SDK of both, as it is. */
    V2_MODERN("v2", "auto");

    private final String sdk;
    private final String mode;

    Client(String sdk, String mode) {
      this.sdk = sdk;
      this.mode = mode;
    }

    /**
     * Makes requests, one after the other.
     *
     * @param key sent as bearer token; null: none
     * @param requests a JSON array of {@code {method, params}}
     * @return the introduction of the server, then what became of each
     */
    public List<JsonNode> run(String url, @Nullable String key, String requests) {
      return run(url, key == null ? Map.of() : Map.of("KEY", key), requests);
    }

    /** The same with a server that is a process of the client's, over its standard streams. */
    public List<JsonNode> run(
        List<String> command, Map<String, String> environment, String requests) {
      return run("stdio:" + JSON.writeValueAsString(command), environment, requests);
    }

    private List<JsonNode> run(String url, Map<String, String> environment, String requests) {
      return PACKAGES.run(List.of("client.mjs", sdk, mode, url), environment, requests);
    }
  }
}
