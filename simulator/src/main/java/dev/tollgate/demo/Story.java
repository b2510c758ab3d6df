package dev.tollgate.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import tools.jackson.databind.JsonNode;

/** What happens, in its order, each step checked as it is told. */
final class Story implements AutoCloseable {

  private static final int BUDGET_CENTS = 200;
  private static final long SMALL = 1_000;
  private static final int SHOWN_OF_KEY = 12;
  private static final String REASON = "the demo begins a new month";

  private final Screen screen;
  private final Gateway gateway;
  private final Administration administration;
  private final Books books = new Books(BigDecimal.valueOf(BUDGET_CENTS, 2));
  private String step = "Start";

  Story(Screen screen, Gateway gateway, String adminKey) {
    this.screen = screen;
    this.gateway = gateway;
    this.administration = new Administration(gateway, adminKey);
  }

  /** What was being done; for telling where it went wrong. */
  String step() {
    return step;
  }

  void tell() {
    section("A gateway, an organization, a budget");
    start();
    String organization = administration.createOrganization("Acme", BUDGET_CENTS);
    String key = administration.createKey(organization, "demo");
    screen.fact("organization", "Acme, with $2.00 to spend");
    screen.fact("key", key.substring(0, Math.min(SHOWN_OF_KEY, key.length())) + "…");
    try (AnthropicCaller anthropic = new AnthropicCaller(gateway.url(), key);
        OpenAiCaller openAi = new OpenAiCaller(gateway.url(), key)) {
      calls(anthropic, openAi);
      stream(anthropic);
      spendSoFar(organization, key);
      new Descent(screen, books, anthropic, openAi, this::section).tell();
      reset(organization, anthropic);
      balance(organization);
    }
    new ToolStory(screen, gateway, administration, this::section).tell(organization, key);
  }

  @Override
  public void close() {
    administration.close();
  }

  private void start() {
    long begun = System.nanoTime();
    gateway.awaitReady();
    double seconds = (System.nanoTime() - begun) / 1e9;
    screen.fact("gateway", "%s, ready after %.1f s".formatted(gateway.url(), seconds));
  }

  private void calls(AnthropicCaller anthropic, OpenAiCaller openAi) {
    section("The official SDKs, unmodified: another base URL, another key");
    asAsked(anthropic.call(Models.PREMIUM, SMALL, "Good morning! [[sim: output-tokens=max]]"));
    asAsked(openAi.call(Models.OPENAI, SMALL, "Good morning!"));
  }

  private void stream(AnthropicCaller anthropic) {
    section("A stream, as it arrives");
    screen.beginStream();
    Told told =
        anthropic.stream(
            Models.STANDARD, SMALL, "Tell me about budgets. [[sim: between=60ms]]", screen::stream);
    screen.endStream();
    asAsked(told);
    screen.note("A stream's cost is not known before its headers; the ledger has it.");
  }

  private void asAsked(Told told) {
    Expectations.asAsked(told);
    screen.call(books.enter(told));
  }

  private void spendSoFar(String organization, String key) {
    section("Spend so far");
    Pauses.aSecond();
    JsonNode health = administration.health(organization);
    JsonNode usage = administration.usage(key);
    Unexpected.unlessSame("calls in /v1/usage", (long) books.calls(), usage.path("calls").asLong());
    Books.sameAmount(
        "cost in /v1/usage", books.spent(), new BigDecimal(usage.path("costUsd").asString()));
    long cents = books.spent().movePointRight(2).setScale(0, RoundingMode.HALF_EVEN).longValue();
    Unexpected.unlessSame(
        "currentMonthSpendCents", cents, health.path("currentMonthSpendCents").asLong());
    screen.fact(
        "spent",
        "%s of $2.00, %s %% of the budget, status %s"
            .formatted(
                Screen.dollars(books.spent()),
                health.path("percentUsed").asString(),
                health.path("status").asString()));
  }

  private void reset(String organization, AnthropicCaller anthropic) {
    section("The administrator resets the budget");
    administration.resetBudget(organization, REASON);
    Unexpected.unless(
        administration.audited(organization, "budget.reset", REASON),
        "the audit has no line of the reset");
    books.reset();
    Pauses.aSecond();
    screen.fact("reset", "a new window with $2.00, and a line in the audit: " + REASON);
    asAsked(anthropic.call(Models.PREMIUM, SMALL, "Are you back?"));
  }

  private void balance(String organization) {
    section("The books balance");
    new LedgerCheck(screen, books).check(administration.ledger(organization));
    String verdict = gateway.run("books", "verify");
    screen.fact("books verify", verdict.lines().reduce((_, last) -> last).orElse("(no words)"));
  }

  private void section(String title) {
    step = title;
    screen.section(title);
  }
}
