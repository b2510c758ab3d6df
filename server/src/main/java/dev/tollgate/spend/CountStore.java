package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Writes counts of calls into the ledger. Blocks. */
final class CountStore implements CallCounts.Store {

  private static final String INSERT =
      """
      INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, key_id, user_id, project,
        dialect, connector, tool, calls, held_nanos, cost_nanos, status, total_micros,
        upstream_micros, budgets, windows)
      VALUES (:at, :id, 1, 'count', :organization, :key::uuid, :user::uuid, :project::text,
        :dialect, :connector, :tool, :calls, 0, 0, :status, :total, :upstream, '{}', '{}')
      ON CONFLICT DO NOTHING
      """;

  private final Storage storage;
  private final Verdicts verdicts;

  CountStore(Storage storage, Partitions partitions, Clock clock) {
    this.storage = storage;
    this.verdicts = new Verdicts(partitions::ensure, clock);
  }

  @Override
  public Verdicts.Trial write(List<CallCounts.Row> rows) {
    try {
      return storage.transact(Access.spend(), handle -> insert(handle, rows));
    } catch (RuntimeException thrown) {
      return verdicts.judge(rows.size(), () -> instants(rows), thrown);
    }
  }

  private static List<Instant> instants(List<CallCounts.Row> rows) {
    return rows.stream().map(row -> row.subject().at()).toList();
  }

  private static Verdicts.Trial insert(Handle handle, List<CallCounts.Row> rows) {
    PreparedBatch batch = handle.prepareBatch(INSERT);
    for (CallCounts.Row row : rows) {
      CallCounts.Subject subject = row.subject();
      batch
          .bind("at", subject.at().atOffset(ZoneOffset.UTC))
          .bind("id", row.id())
          .bind("organization", subject.organization())
          .bindByType("key", subject.key(), UUID.class)
          .bindByType("user", subject.user(), UUID.class)
          .bindByType("project", subject.project(), String.class)
          .bind("dialect", CallFacts.Tool.DIALECT)
          .bind("connector", subject.connector())
          .bind("tool", subject.tool())
          .bind("calls", row.tally().calls())
          .bind("status", subject.status().wire())
          .bind("total", row.tally().totalMicros())
          .bind("upstream", row.tally().upstreamMicros())
          .add();
    }
    batch.execute();
    return Verdicts.Trial.DONE;
  }
}
