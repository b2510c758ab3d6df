package dev.tollgate.demo;

import dev.tollgate.demo.ToolCaller.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tools of an MCP server through the gateway, each claim held against the server's own count.
 *
 * <p>Where Redis or the database is late, as on a busy machine, the gateway rather asks the server
 * than give an answer that it is not sure of. It says so, and is asked again.
 */
final class ToolStory {

  private static final String CONNECTOR = "tickets";
  private static final int TICKET = 42;
  private static final int OTHER_TICKET = 7;
  private static final int DOZEN = 12;

  /** How often is asked again. */
  private static final int AGAIN = 3;

  private static final String AGAIN_MARK = "   asked again";

  private static final JsonMapper JSON = new JsonMapper();

  private final Screen screen;
  private final Gateway gateway;
  private final Administration administration;
  private final Consumer<String> section;

  /** Those that the gateway said it passed on. */
  private int reads;

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
    read(acme, tickets, "miss", "open");
    read(acme, tickets, "hit", "open");
    Answer written =
        acme.call(
            Tickets.WRITE, JSON.createObjectNode().put("number", TICKET).put("state", "closed"));
    Unexpected.unlessSame("what was written", new Answer("closed", ""), written);
    Unexpected.unlessSame("writes that reached the server", 1, tickets.writes());
    screen.checked(row(acme, Tickets.WRITE + " " + TICKET, "", "closed", tickets));
    read(acme, tickets, "miss", "closed");
  }

  private void apart(TicketServer server) {
    section.accept("Another tenant, the same call: an answer of its own");
    String organization = administration.createOrganization("Globex", null);
    String key = administration.createKey(organization, "demo");
    header();
    try (ToolCaller globex = connect("Globex", organization, key, server)) {
      read(globex, server.tickets(), "miss", "closed");
    }
  }

  private void together(ToolCaller acme, Tickets tickets) {
    section.accept("A dozen at once: one call");
    header();
    int number = OTHER_TICKET;
    List<Answer> answers = dozen(acme, tickets, number);
    while (!once(answers) && number < OTHER_TICKET + AGAIN) {
      screen.row(dozenRow(acme, tickets, number, answers) + AGAIN_MARK);
      number++;
      answers = dozen(acme, tickets, number);
    }
    Unexpected.unlessSame("answers that are a miss", 1, told(answers, "miss"));
    Unexpected.unlessSame("answers that are a hit", DOZEN - 1, told(answers, "hit"));
    screen.checked(dozenRow(acme, tickets, number, answers));
  }

  /** The server answers none of them until all have been sent. */
  private List<Answer> dozen(ToolCaller caller, Tickets tickets, int number) {
    tickets.hold();
    List<CompletableFuture<Answer>> calls =
        IntStream.range(0, DOZEN)
            .mapToObj(_ -> caller.begin(Tickets.READ, number(number)))
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
    reads += misses(answers);
    Unexpected.unlessSame("reads that reached the server", reads, tickets.reads());
    return answers;
  }

  private static String dozenRow(
      ToolCaller caller, Tickets tickets, int number, List<Answer> answers) {
    return row(
        caller,
        "%d × %s %d".formatted(DOZEN, Tickets.READ, number),
        "%d miss, %d hits".formatted(misses(answers), told(answers, "hit")),
        "open",
        tickets);
  }

  private static boolean once(List<Answer> answers) {
    return told(answers, "miss") == 1 && told(answers, "hit") == DOZEN - 1;
  }

  private static int told(List<Answer> answers, String cache) {
    return (int) answers.stream().filter(answer -> answer.cache().equals(cache)).count();
  }

  /** Answers that the server was asked for. */
  private static int misses(List<Answer> answers) {
    return answers.size() - told(answers, "hit");
  }

  private void read(ToolCaller caller, Tickets tickets, String cache, String text) {
    Answer answer = ask(caller, tickets, text);
    for (int again = 0; again < AGAIN && unsure(answer.cache(), cache); again++) {
      screen.row(readRow(caller, tickets, answer) + AGAIN_MARK);
      Pauses.aSecond();
      answer = ask(caller, tickets, text);
    }
    Unexpected.unlessSame(caller.tenant() + "'s answer", new Answer(text, cache), answer);
    screen.checked(readRow(caller, tickets, answer));
  }

  private static boolean unsure(String told, String awaited) {
    return told.equals("bypass") || (told.equals("miss") && awaited.equals("hit"));
  }

  private Answer ask(ToolCaller caller, Tickets tickets, String text) {
    Answer answer = caller.call(Tickets.READ, number(TICKET));
    reads += misses(List.of(answer));
    Unexpected.unlessSame(caller.tenant() + "'s ticket", text, answer.text());
    Unexpected.unlessSame("reads that reached the server", reads, tickets.reads());
    return answer;
  }

  private static String readRow(ToolCaller caller, Tickets tickets, Answer answer) {
    return row(caller, Tickets.READ + " " + TICKET, answer.cache(), answer.text(), tickets);
  }

  private static ObjectNode number(int number) {
    return JSON.createObjectNode().put("number", number);
  }

  private void header() {
    screen.row(
        "%-8s %-20s %-16s %-8s %s"
            .formatted("", "call", "cache", "answer", "calls that reached the server"));
  }

  private static String row(
      ToolCaller caller, String call, String cache, String text, Tickets tickets) {
    return "%-8s %-20s %-16s %-8s %d"
        .formatted(caller.tenant(), call, cache, text, tickets.reads() + tickets.writes());
  }
}
