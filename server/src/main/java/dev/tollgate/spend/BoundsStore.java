package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What is learned, in PostgreSQL, for all nodes. Blocks. */
final class BoundsStore {

  private static final int MOST_ROWS = 1_024 * 16;

  /** Of two states the one with more resets holds; of equals the reports add up. */
  private static final String ADD =
      """
      INSERT INTO text_bounds AS b (provider, model, class, resets, reports)
      VALUES (:provider, :model, :class, :resets, :reports)
      ON CONFLICT (provider, model, class) DO UPDATE SET
        resets = greatest(b.resets, excluded.resets),
        reports = CASE
          WHEN b.resets > excluded.resets THEN b.reports
          WHEN b.resets < excluded.resets THEN excluded.reports
          ELSE (SELECT array_agg(u.one + u.other ORDER BY u.at)
                FROM unnest(b.reports, excluded.reports) WITH ORDINALITY u (one, other, at))
        END
      """;

  private final Storage storage;

  BoundsStore(Storage storage) {
    this.storage = storage;
  }

  /** Of which class of which provider's model. */
  record Name(String provider, String model, String of) implements Comparable<Name> {
    private static final Comparator<Name> ORDER =
        Comparator.comparing(Name::provider).thenComparing(Name::model).thenComparing(Name::of);

    @Override
    public int compareTo(Name other) {
      return ORDER.compare(this, other);
    }
  }

  /** What all nodes know of one class. */
  record Row(Name name, long resets, List<Long> reports) {}

  /**
   * Adds {@code news}, in their order so that nodes do not wait for each other in a circle, and
   * reads everything.
   *
   * @throws dev.tollgate.kernel.Failure UNAVAILABLE while the database is away
   */
  List<Row> exchange(SortedMap<Name, Evidence.Gleaned> news) {
    return storage.transact(
        Access.spend(),
        handle -> {
          if (!news.isEmpty()) {
            add(handle, news);
          }
          return handle
              .createQuery("SELECT * FROM text_bounds ORDER BY provider, model, class LIMIT :most")
              .bind("most", MOST_ROWS)
              .map((row, context) -> row(row))
              .list();
        });
  }

  private static void add(Handle handle, SortedMap<Name, Evidence.Gleaned> news) {
    PreparedBatch batch = handle.prepareBatch(ADD);
    for (Map.Entry<Name, Evidence.Gleaned> one : news.entrySet()) {
      batch
          .bind("provider", one.getKey().provider())
          .bind("model", one.getKey().model())
          .bind("class", one.getKey().of())
          .bind("resets", one.getValue().resets())
          .bindArray("reports", Long.class, one.getValue().reports())
          .add();
    }
    batch.execute();
  }

  private static Row row(ResultSet row) throws SQLException {
    Long[] reports = (Long[]) row.getArray("reports").getArray();
    return new Row(
        new Name(row.getString("provider"), row.getString("model"), row.getString("class")),
        row.getLong("resets"),
        List.of(reports));
  }
}
