package dev.tollgate.bootstrap;

import dev.tollgate.connectors.Connector;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.kernel.Secret;
import dev.tollgate.spend.Money;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** MCP servers. */
@Section
record ConnectorsSection(
    @Key(
            about =
                """
                Addresses that connectors may lead to although they are not of the open internet;
                http is taken there too. Loopback and private addresses, metadata servers and the
                like are refused otherwise.\
                """,
            example =
                """
                - 127.0.0.0/8
                - fd00::/8\
                """)
        List<AddressRange> allowPrivateAddresses,
    @Key(
            about = "Servers that every organization has, each behind /mcp/{name}.",
            example =
                """
                - name: docs
                  url: https://docs.example.com/mcp
                  headers: { authorization: "Bearer ${DOCS_TOKEN}" }
                  stateless: true
                  price: "0.002"\
                """)
        List<Server> servers,
    @Key(
            about =
                """
                Whether connectors may be child processes of the gateway, which run with its
                rights.\
                """,
            preset = "false")
        boolean allowCommands,
    @Key(
            about =
                """
                Origins of web pages that may call /mcp, besides the listener's own.\
                """,
            example = "[\"https://inspector.example.com\"]")
        List<String> origins,
    @Key(about = "The most that one message of a server may take.", preset = "32MiB")
        Size messageBytes) {

  ConnectorsSection {
    Set<String> names = new HashSet<>();
    for (Server server : servers) {
      Checks.that(names.add(server.name()), "servers: two are named " + server.name());
      Checks.that(
          server.command().isEmpty() || allowCommands,
          "servers: " + server.name() + " is a command, which needs allow-commands: true");
    }
    Checks.between("message-bytes", messageBytes.bytes(), 1 << 10, 1 << 30);
  }

  /** One MCP server. */
  @Section
  record Server(
      @Key(about = "Its name in addresses and in names of tools.") String name,
      @Key(about = "Where it is: Streamable HTTP, or HTTP+SSE.") @Nullable URI url,
      @Key(about = "Instead: a program to start, and its arguments.") List<String> command,
      @Key(about = "The environment of that program.") Map<String, Secret> environment,
      @Key(about = "Sent with every request to it.") Map<String, Secret> headers,
      @Key(about = "Whether callers may share its sessions.", preset = "false") boolean stateless,
      @Key(
              about = "What a call of a tool costs, in dollars, charged to budgets; else nothing.",
              example = "\"0.002\"")
          @Nullable Money price,
      @Key(about = "What a call of single tools costs instead.", example = "{ search: \"0.01\" }")
          Map<String, Money> prices) {

    Server {
      Checks.that(
          Connector.isName(name),
          "name must be lower-case letters, digits and hyphens, a letter first, is " + name);
      Checks.that(
          (url == null) != command.isEmpty(), "a server has either a url or a command: " + name);
    }
  }
}
