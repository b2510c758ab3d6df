package dev.tollgate.http.admin;

import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.LedgerEntry;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** An entry of the ledger as JSON; money in dollars as a decimal, and exactly in nano-dollars. */
final class LedgerView {

  private static final JsonMapper JSON = JsonMapper.shared();

  private LedgerView() {}

  static Map<String, @Nullable Object> of(LedgerEntry entry) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("callId", entry.callId());
    view.put("attempt", entry.attempt());
    view.put("kind", entry.kind().wire());
    view.put("status", entry.status().wire());
    view.put("heldAt", entry.heldAt());
    view.put("settledAt", entry.settledAt());
    view.put("keyId", entry.keyId());
    view.put("userId", entry.userId());
    view.put("project", entry.project());
    view.put("calls", entry.calls());
    facts(view, entry.facts());
    view.put("providerRequestId", entry.providerRequestId());
    usage(view, entry);
    money(view, "held", entry.held());
    money(view, "cost", entry.cost());
    view.put("budgets", budgets(entry));
    view.put("totalMicros", entry.totalMicros());
    view.put("firstByteMicros", entry.firstByteMicros() < 0 ? null : entry.firstByteMicros());
    view.put("upstreamMicros", entry.upstreamMicros());
    return view;
  }

  private static void facts(Map<String, @Nullable Object> view, @Nullable CallFacts facts) {
    switch (facts) {
      case CallFacts.Model model -> model(view, model);
      case CallFacts.Tool tool -> {
        view.put("requestId", tool.requestId());
        view.put("connector", tool.connector());
        view.put("tool", tool.tool());
      }
      case null -> {}
    }
  }

  private static void model(Map<String, @Nullable Object> view, CallFacts.Model facts) {
    view.put("requestId", facts.requestId());
    view.put("requestClass", facts.requestClass());
    view.put("category", facts.category());
    view.put("categoryConfidence", facts.categoryConfidence());
    view.put("categoryReason", facts.categoryReason());
    view.put("modelAsked", facts.modelAsked());
    view.put("modelServed", facts.modelServed());
    view.put("ladderStep", facts.ladderStep());
    view.put("dialect", facts.dialect());
    view.put("provider", facts.provider());
    view.put("credential", facts.credential());
    view.put("priceVersion", facts.priceVersion());
  }

  private static void usage(Map<String, @Nullable Object> view, LedgerEntry entry) {
    Usage usage = entry.usage();
    view.put("tokens", usage == null ? null : Tokens.of(usage));
    view.put("serviceTier", usage == null ? null : usage.serviceTier());
    view.put("speed", usage == null ? null : usage.speed());
    view.put("geo", usage == null ? null : usage.geo());
    view.put("rawUsage", json(entry.rawUsage()));
  }

  /** JSON as itself; what a provider sent that is none, as the text it is. */
  static @Nullable Object json(@Nullable String text) {
    try {
      return text == null ? null : JSON.readTree(text);
    } catch (JacksonException e) {
      return text;
    }
  }

  private static void money(
      Map<String, @Nullable Object> view, String name, @Nullable Money money) {
    view.put(name + "Usd", money == null ? null : money.toDollars());
    view.put(name + "Nanos", money == null ? null : money.nanos());
  }

  private static Object budgets(LedgerEntry entry) {
    Map<UUID, Long> windows = new LinkedHashMap<>();
    for (int i = 0; i < entry.budgets().size(); i++) {
      windows.put(entry.budgets().get(i), entry.windows().get(i));
    }
    return windows.entrySet().stream()
        .map(budget -> Map.of("budgetId", budget.getKey(), "window", budget.getValue()))
        .toList();
  }
}
