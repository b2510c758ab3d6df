package dev.tollgate.demo;

import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Holds the gateway's ledger against the reader's own account, entry by entry and in sum. */
final class LedgerCheck {

  private final Screen screen;
  private final Books books;

  LedgerCheck(Screen screen, Books books) {
    this.screen = screen;
    this.books = books;
  }

  /** Checks and prints {@code entries}, which come newest first. */
  void check(List<JsonNode> entries) {
    Unexpected.unlessSame("the number of the ledger's entries", books.calls(), entries.size());
    screen.row(
        "%-18s %-18s %8s %10s %12s  %s".formatted("asked", "served", "in", "out", "cost", "step"));
    BigDecimal sum = BigDecimal.ZERO;
    for (JsonNode entry : entries.reversed()) {
      sum = sum.add(check(entry));
    }
    Books.sameAmount("the ledger's sum", books.spentEver(), sum);
    screen.blank();
    screen.fact(
        "ledger",
        "%d entries, %s: what the answers said, to the nano-dollar"
            .formatted(entries.size(), Screen.dollars(sum)));
  }

  private BigDecimal check(JsonNode entry) {
    String id = entry.path("callId").asString();
    Told told = books.call(id);
    if (told == null) {
      throw new Unexpected("the ledger has a call that nobody made: " + entry);
    }
    BigDecimal cost = new BigDecimal(entry.path("costUsd").asString());
    Books.sameAmount("the ledger's cost of " + id, told.price(), cost);
    String step = told.headers().downgraded();
    screen.row(
        "%-18s %-18s %8d %10d %12s  %s"
            .formatted(
                told.asked(),
                told.headers().served(),
                told.input(),
                told.output(),
                Screen.dollars(cost),
                step == null ? "" : step));
    return cost;
  }
}
