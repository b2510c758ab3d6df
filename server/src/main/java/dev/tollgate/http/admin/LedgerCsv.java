package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Reply;
import dev.tollgate.kernel.Page;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.LedgerEntry;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the ledger as CSV (RFC 4180: a header, CRLF, quotes doubled), newest first, a page at
 * a time. Each page is a read of its own: an entry that is written meanwhile may be in it or not.
 *
 * <p>Text that a spreadsheet would take for a formula begins with an apostrophe instead (OWASP, CSV
 * Injection): callers choose the names of models and projects.
 */
final class LedgerCsv implements Reply.Parts {

  private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("callId", LedgerEntry::callId),
          new Column("attempt", LedgerEntry::attempt),
          new Column("kind", entry -> entry.kind().wire()),
          new Column("status", entry -> entry.status().wire()),
          new Column("heldAt", LedgerEntry::heldAt),
          new Column("settledAt", LedgerEntry::settledAt),
          new Column("keyId", LedgerEntry::keyId),
          new Column("userId", LedgerEntry::userId),
          new Column("project", LedgerEntry::project),
          new Column("requestId", LedgerCsv::requestId),
          facts("requestClass", CallFacts.Model::requestClass),
          facts("category", CallFacts.Model::category),
          facts("categoryConfidence", CallFacts.Model::categoryConfidence),
          facts("categoryReason", CallFacts.Model::categoryReason),
          facts("modelAsked", CallFacts.Model::modelAsked),
          facts("modelServed", CallFacts.Model::modelServed),
          facts("ladderStep", CallFacts.Model::ladderStep),
          facts("dialect", CallFacts.Model::dialect),
          facts("provider", CallFacts.Model::provider),
          facts("credential", CallFacts.Model::credential),
          new Column("providerRequestId", LedgerEntry::providerRequestId),
          usage("inputTokens", Usage::input),
          usage("cacheReadTokens", Usage::cacheRead),
          usage("cacheWrite5mTokens", Usage::cacheWrite5m),
          usage("cacheWrite1hTokens", Usage::cacheWrite1h),
          usage("outputTokens", Usage::output),
          usage("reasoningTokens", Usage::reasoning),
          usage("inputAudioTokens", Usage::inputAudio),
          usage("outputAudioTokens", Usage::outputAudio),
          usage("webSearches", Usage::webSearches),
          usage("serviceTier", Usage::serviceTier),
          usage("speed", Usage::speed),
          usage("geo", Usage::geo),
          facts("priceVersion", CallFacts.Model::priceVersion),
          new Column("heldNanos", entry -> entry.held().nanos()),
          new Column("costNanos", entry -> nanos(entry.cost())),
          new Column("totalMicros", LedgerEntry::totalMicros),
          new Column("firstByteMicros", LedgerCsv::firstByte),
          new Column("upstreamMicros", LedgerEntry::upstreamMicros),
          new Column("budgets", entry -> joined(entry.budgets())),
          new Column("windows", entry -> joined(entry.windows())),
          new Column("rawUsage", LedgerEntry::rawUsage),
          new Column("connector", entry -> tool(entry, CallFacts.Tool::connector)),
          new Column("tool", entry -> tool(entry, CallFacts.Tool::tool)),
          new Column("calls", LedgerEntry::calls));

  /** A column and what an entry has in it. */
  private record Column(String name, Function<LedgerEntry, @Nullable Object> value) {}

  private final Function<@Nullable String, Page<LedgerEntry>> pages;
  private @Nullable String cursor;
  private boolean begun;
  private boolean ended;

  /**
   * @param pages the page after a cursor; null: the first
   */
  LedgerCsv(Function<@Nullable String, Page<LedgerEntry>> pages) {
    this.pages = pages;
  }

  @Override
  public byte @Nullable [] next() {
    if (ended) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    if (!begun) {
      line(text, COLUMNS.stream().map(Column::name).toList());
      begun = true;
    }
    Page<LedgerEntry> page = pages.apply(cursor);
    page.items().forEach(entry -> line(text, cells(entry)));
    cursor = page.nextCursor();
    ended = cursor == null;
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> cells(LedgerEntry entry) {
    List<String> cells = new ArrayList<>(COLUMNS.size());
    for (Column column : COLUMNS) {
      cells.add(cell(column.value().apply(entry)));
    }
    return cells;
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append(String.join(",", cells)).append("\r\n");
  }

  /** A value as a cell; only text can be mistaken for a formula, and only text needs quotes. */
  static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (!(value instanceof String text)) {
      return value.toString();
    }
    String harmless = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return harmless.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
        ? '"' + harmless.replace("\"", "\"\"") + '"'
        : harmless;
  }

  private static Column facts(String name, Function<CallFacts.Model, @Nullable Object> value) {
    return new Column(
        name,
        entry -> {
          return entry.facts() instanceof CallFacts.Model model ? value.apply(model) : null;
        });
  }

  private static @Nullable String requestId(LedgerEntry entry) {
    return switch (entry.facts()) {
      case CallFacts.Model model -> model.requestId();
      case CallFacts.Tool tool -> tool.requestId();
      case null -> null;
    };
  }

  private static @Nullable String tool(
      LedgerEntry entry, Function<CallFacts.Tool, @Nullable String> value) {
    return entry.facts() instanceof CallFacts.Tool tool ? value.apply(tool) : null;
  }

  private static Column usage(String name, Function<Usage, @Nullable Object> value) {
    return new Column(
        name,
        entry -> {
          Usage usage = entry.usage();
          return usage == null ? null : value.apply(usage);
        });
  }

  private static @Nullable Long nanos(@Nullable Money money) {
    return money == null ? null : money.nanos();
  }

  private static @Nullable Long firstByte(LedgerEntry entry) {
    return entry.firstByteMicros() < 0 ? null : entry.firstByteMicros();
  }

  private static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(" "));
  }
}
