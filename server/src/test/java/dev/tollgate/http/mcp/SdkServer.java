package dev.tollgate.http.mcp;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** A server written with the official Java SDK, on its standard streams. */
public final class SdkServer {

  private SdkServer() {}

  /** Serves until its input ends. */
  public static void main(String[] arguments) {
    System.out.println("a banner, which servers should not print and do");
    var _ =
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
            .serverInfo("sdk", "1")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(true).build())
            .toolCall(tool("echo"), SdkServer::echo)
            .toolCall(tool("ask"), SdkServer::ask)
            .toolCall(tool("environment"), SdkServer::environment)
            .toolCall(tool("exit"), SdkServer::exit)
            .build();
  }

  private static McpSchema.Tool tool(String name) {
    return McpSchema.Tool.builder(name, Map.of("type", "object")).description(name).build();
  }

  private static McpSchema.CallToolResult text(String text) {
    return McpSchema.CallToolResult.builder().content(List.of()).addTextContent(text).build();
  }

  private static McpSchema.CallToolResult echo(
      McpSyncServerExchange exchange, McpSchema.CallToolRequest request) {
    Object token = request.meta() == null ? null : request.meta().get("progressToken");
    if (token != null) {
      exchange.progressNotification(McpSchema.ProgressNotification.builder(token, 0.5).build());
    }
    return text(String.valueOf(request.arguments()));
  }

  private static McpSchema.CallToolResult ask(
      McpSyncServerExchange exchange, McpSchema.CallToolRequest request) {
    // The SDK cannot write an elicitation with its own mapper (2.1.0, Jackson 3).
    return text(exchange.listRoots().roots().getFirst().uri());
  }

  private static McpSchema.CallToolResult environment(
      McpSyncServerExchange exchange, McpSchema.CallToolRequest request) {
    return text(String.join(",", System.getenv().keySet()));
  }

  private static McpSchema.CallToolResult exit(
      McpSyncServerExchange exchange, McpSchema.CallToolRequest request) {
    try {
      Files.writeString(
          Path.of(System.getenv("GIVEN")),
          "exit\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().halt(0);
    return text("never");
  }
}
