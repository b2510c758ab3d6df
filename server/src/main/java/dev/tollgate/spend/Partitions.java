package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The months of the ledger, each a table. Blocks. */
final class Partitions {

  private final Storage storage;
  private @Nullable LocalDate lookedAfter;

  Partitions(Storage storage) {
    this.storage = storage;
  }

  /** Makes this month's and the next one's, once a day. */
  void lookAfter(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    if (!today.equals(lookedAfter)) {
      ensure(List.of(now, today.plusMonths(1).atStartOfDay().toInstant(ZoneOffset.UTC)));
      lookedAfter = today;
    }
  }

  /** Makes those of {@code instants}, where they are missing. */
  void ensure(Collection<Instant> instants) {
    TreeSet<YearMonth> months = new TreeSet<>();
    instants.forEach(instant -> months.add(YearMonth.from(instant.atOffset(ZoneOffset.UTC))));
    for (YearMonth month : months) {
      storage.transact(
          Access.spend(),
          handle ->
              handle
                  .createQuery("SELECT ledger_partition(:month)::text")
                  .bind("month", month.atDay(1))
                  .mapTo(String.class)
                  .one());
    }
  }
}
