package dev.tollgate.demo;

import dev.tollgate.demo.ToolCaller.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tools of an MCP server through the gateway, each claim held against the server's own count. */
final class ToolStory {

  private static final String CONNECTOR = "tickets";
  private static final int TICKET = 42;
  private static final int OTHER_TICKET = 7;
  private static final int DOZEN = 12;
  private static final JsonMapper JSON = new JsonMapper();

  private final Screen screen;
  private final Gateway gateway;
  private final Administration administration;
  private final Consumer<String> section;

  ToolStory(
      Screen screen, Gateway gateway, Administration administration, Consumer<String> section) {
    this.screen = screen;
    this.gateway = gateway;
    this.administration = administration;
    this.section = section;
  }

  /**
   * Tells it.
   *
   * @param organization of the first caller, whose key this is
   */
  void tell(String organization, String key) {
    section.accept("Tools: an MCP server behind the gateway");
    try (TicketServer server = TicketServer.start();
        ToolCaller acme = connect("Acme", organization, key, server)) {
      screen.fact("server", "its own, MCP " + TicketServer.REVISION + ", at " + server.url());
      screen.fact(
          "connected",
          "%s/mcp/%s, for Acme's keys; the caller speaks MCP %s"
              .formatted(gateway.url(), CONNECTOR, ToolCaller.REVISION));
      Unexpected.unlessSame("the tools", List.of(Tickets.READ, Tickets.WRITE), acme.tools());
      kept(acme, server.tickets());
      apart(server);
      together(acme, server.tickets());
    }
  }

  private ToolCaller connect(String name, String organization, String key, TicketServer server) {
    administration.connect(organization, CONNECTOR, server.url());
    return new ToolCaller(name, gateway.url() + "/mcp/" + CONNECTOR, key);
  }

  private void kept(ToolCaller acme, Tickets tickets) {
    section.accept("Asked once, until something is written");
    header();
    read(acme, tickets, "miss", "open", 1);
    read(acme, tickets, "hit", "open", 1);
    Answer written =
        acme.call(
            Tickets.WRITE, JSON.createObjectNode().put("number", TICKET).put("state", "closed"));
    Unexpected.unlessSame("what was written", new Answer("closed", ""), written);
    Unexpected.unlessSame("writes that reached the server", 1, tickets.writes());
    row(acme, Tickets.WRITE + " " + TICKET, "", "closed", tickets);
    read(acme, tickets, "miss", "closed", 2);
  }

  private void apart(TicketServer server) {
    section.accept("Another tenant, the same call: an answer of its own");
    String organization = administration.createOrganization("Globex", null);
    String key = administration.createKey(organization, "demo");
    header();
    try (ToolCaller globex = connect("Globex", organization, key, server)) {
      read(globex, server.tickets(), "miss", "closed", 3);
    }
  }

  /** The server answers none of them until all have been sent. */
  private void together(ToolCaller acme, Tickets tickets) {
    section.accept("A dozen at once: one call");
    tickets.hold();
    List<CompletableFuture<Answer>> calls =
        IntStream.range(0, DOZEN)
            .mapToObj(_ -> acme.begin(Tickets.READ, number(OTHER_TICKET)))
            .toList();
    Pauses.aSecond();
    Unexpected.unless(
        calls.stream().noneMatch(CompletableFuture::isDone),
        "a call was answered before the server did");
    tickets.release();
    List<Answer> answers = calls.stream().map(ToolCaller::wait).toList();
    for (Answer answer : answers) {
      Unexpected.unlessSame("what one of a dozen was told", "open", answer.text());
    }
    long asked = answers.stream().filter(answer -> answer.cache().equals("miss")).count();
    long shared = answers.stream().filter(answer -> answer.cache().equals("hit")).count();
    Unexpected.unlessSame("answers that are a miss", 1L, asked);
    Unexpected.unlessSame("answers that are a hit", DOZEN - 1L, shared);
    Unexpected.unlessSame("reads that reached the server", 4, tickets.reads());
    header();
    row(
        acme,
        "%d × %s %d".formatted(DOZEN, Tickets.READ, OTHER_TICKET),
        "1 miss, %d hits".formatted(shared),
        "open",
        tickets);
  }

  private void read(ToolCaller caller, Tickets tickets, String cache, String text, int reads) {
    Answer answer = caller.call(Tickets.READ, number(TICKET));
    Unexpected.unlessSame(caller.tenant() + "'s answer", new Answer(text, cache), answer);
    Unexpected.unlessSame("reads that reached the server", reads, tickets.reads());
    row(caller, Tickets.READ + " " + TICKET, cache, text, tickets);
  }

  private static ObjectNode number(int number) {
    return JSON.createObjectNode().put("number", number);
  }

  private void header() {
    screen.row(
        "%-8s %-20s %-16s %-8s %s"
            .formatted("", "call", "cache", "answer", "calls that reached the server"));
  }

  private void row(ToolCaller caller, String call, String cache, String text, Tickets tickets) {
    screen.checked(
        "%-8s %-20s %-16s %-8s %d"
            .formatted(caller.tenant(), call, cache, text, tickets.reads() + tickets.writes()));
  }
}
