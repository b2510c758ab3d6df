package dev.tollgate.http.admin;

import dev.tollgate.spend.Money;
import dev.tollgate.spend.UsageFigures;
import dev.tollgate.spend.UsageGrouping;
import dev.tollgate.spend.UsageQuery;
import dev.tollgate.spend.UsageReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report of usage as JSON; money in dollars as a decimal, and exactly in nano-dollars. */
final class UsageView {

  private UsageView() {}

  /**
   * A report.
   *
   * @param groups what its groups are called: {@code models} where nobody asked by what
   */
  static Map<String, @Nullable Object> of(UsageReport report, String groups) {
    UsageQuery query = report.query();
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("from", query.from());
    view.put("to", query.to());
    money(view, "cost", report.cost());
    view.put("calls", report.calls());
    view.put("corrections", report.corrections().stream().map(UsageView::correction).toList());
    view.put("groupBy", query.by().wire());
    view.put("series", query.series() == null ? null : query.series().wire());
    view.put(groups, report.groups().stream().map(group -> group(group, query)).toList());
    view.put("nextCursor", report.nextCursor());
    return view;
  }

  private static Map<String, @Nullable Object> correction(UsageReport.Correction correction) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("kind", correction.kind().wire());
    view.put("entries", correction.entries());
    money(view, "cost", correction.cost());
    return view;
  }

  private static Map<String, @Nullable Object> group(UsageReport.Group group, UsageQuery query) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put(query.by().wire(), group.name());
    if (query.by() == UsageGrouping.MODEL) {
      view.put("provider", group.provider());
    } else if (query.by() == UsageGrouping.TOOL) {
      view.put("connector", group.provider());
    }
    figures(view, group.figures());
    if (query.series() != null) {
      view.put("series", group.series().stream().map(UsageView::point).toList());
    }
    return view;
  }

  private static Map<String, @Nullable Object> point(UsageReport.Point point) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("at", point.at());
    figures(view, point.figures());
    return view;
  }

  private static void figures(Map<String, @Nullable Object> view, UsageFigures figures) {
    view.put("calls", figures.calls());
    view.put("unpriced", figures.unpriced());
    view.put("downgraded", figures.downgraded());
    view.put("errors", figures.errors());
    view.put("disconnected", figures.disconnected());
    view.put("cached", figures.cached());
    money(view, "cost", figures.cost());
    money(view, "held", figures.held());
    view.put("tokens", Tokens.of(figures.tokens()));
    view.put("totalMicros", figures.totalMicros());
    view.put("firstBytes", figures.firstBytes());
    view.put("firstByteMicros", figures.firstByteMicros());
    view.put("upstreamMicros", figures.upstreamMicros());
  }

  private static void money(Map<String, @Nullable Object> view, String name, Money money) {
    view.put(name + "Usd", money.toDollars());
    view.put(name + "Nanos", money.nanos());
  }
}
