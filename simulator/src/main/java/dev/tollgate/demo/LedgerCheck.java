package dev.tollgate.demo;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    String step = told.headers().downgraded();
    same(entry, "kind", "charge");
    same(entry, "status", "ok");
    same(entry, "modelAsked", told.asked());
    same(entry, "modelServed", told.headers().served());
    same(entry, "ladderStep", step);
    BigDecimal cost = new BigDecimal(entry.path("costUsd").asString());
    Books.sameAmount("the ledger's cost of " + id, told.price(), cost);
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

  private static void same(JsonNode entry, String field, @Nullable String expected) {
    JsonNode actual = entry.path(field);
    Unexpected.unlessSame(
        "the ledger's " + field + " of " + entry.path("callId").asString(),
        expected,
        actual.isNull() || actual.isMissingNode() ? null : actual.asString());
  }
}
