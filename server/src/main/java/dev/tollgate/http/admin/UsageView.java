package dev.tollgate.http.admin;

import dev.tollgate.spend.UsageReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A report of usage as JSON; money in dollars as a decimal, and exactly in nano-dollars. */
record UsageView(
    @Nullable Instant from,
    @Nullable Instant to,
    String costUsd,
    long costNanos,
    long calls,
    List<Model> models) {

  record Model(
      String model,
      String provider,
      long calls,
      long unpriced,
      String costUsd,
      long costNanos,
      Tokens tokens) {

    static Model of(UsageReport.Model model) {
      return new Model(
          model.model(),
          model.provider(),
          model.calls(),
          model.unpriced(),
          model.cost().toDollars(),
          model.cost().nanos(),
          Tokens.of(model.usage()));
    }
  }

  static UsageView of(UsageReport report) {
    return new UsageView(
        report.from(),
        report.to(),
        report.cost().toDollars(),
        report.cost().nanos(),
        report.calls(),
        report.models().stream().map(Model::of).toList());
  }
}
