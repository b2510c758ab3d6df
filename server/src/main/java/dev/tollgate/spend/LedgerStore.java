package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Storage;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/** Writes batches of charges, each one statement and one commit. Blocks; for one thread. */
final class LedgerStore {

  private static final String TYPE = "tollgate.settlement";
  private static final String ARRAY = "tollgate.settlement[]";
  private static final int FIELDS = 40;

  private final Storage storage;
  private final Node node;
  private final RowBuffer buffer = new RowBuffer();

  LedgerStore(Storage storage, Node node) {
    this.storage = storage;
    this.node = node;
  }

  /**
   * What became of a batch, all of which is committed.
   *
   * @param superseded whether another process runs under this node's id
   * @param fenced the leases that were not live any more; their charges were set against what had
   *     been presumed of them
   */
  record Committed(boolean superseded, List<Long> fenced) {}

  /** Commits; a batch that is repeated changes nothing. */
  Committed commit(long batch, List<PendingCharge> charges) {
    return storage.autocommit(connection -> commit(connection, batch, charges));
  }

  private Committed commit(Connection connection, long batch, List<PendingCharge> charges)
      throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    int row = driver.getTypeInfo().getPGType(TYPE);
    int array = driver.getTypeInfo().getPGType(ARRAY);
    driver.getQueryExecutor().addBinarySendOid(array);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT superseded, fenced FROM tollgate.spend_settle(?, ?, ?, ?)")) {
      statement.setObject(1, node.id());
      statement.setLong(2, node.epoch());
      statement.setLong(3, batch);
      statement.setObject(4, new Rows(encode(row, charges)));
      try (ResultSet answer = statement.executeQuery()) {
        answer.next();
        return new Committed(answer.getBoolean(1), leases(answer.getArray(2)));
      }
    }
  }

  private static List<Long> leases(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((Long[]) array.getArray());
  }

  private byte[] encode(int type, List<PendingCharge> charges) {
    buffer.begin(type, charges.size());
    for (PendingCharge charge : charges) {
      buffer.beginRow(FIELDS);
      call(charge.hold(), charge.facts());
      result(charge.outcome());
      usage(charge.outcome().usage());
      money(charge);
      buffer.endRow();
    }
    return buffer.toBytes();
  }

  private void call(Hold hold, CallFacts facts) {
    buffer
        .instant(Ids.instant(hold.callId()))
        .id(hold.callId())
        .number(hold.attempt())
        .id(hold.scope().organizationId())
        .id(hold.scope().keyId())
        .id(hold.scope().userId())
        .text(hold.scope().project())
        .text(facts.requestId())
        .text(facts.requestClass())
        .text(facts.category())
        .text(facts.modelAsked())
        .text(facts.modelServed())
        .text(facts.ladderStep())
        .text(facts.dialect())
        .text(facts.provider())
        .text(facts.credential());
  }

  private void result(Outcome outcome) {
    buffer.text(outcome.providerRequestId()).text(outcome.rawUsage());
  }

  private void usage(@Nullable Usage usage) {
    if (usage == null) {
      for (int tokens = 0; tokens < 9; tokens++) {
        buffer.number((Long) null);
      }
      buffer.text(null).text(null).text(null);
      return;
    }
    buffer
        .number(usage.input())
        .number(usage.cacheRead())
        .number(usage.cacheWrite5m())
        .number(usage.cacheWrite1h())
        .number(usage.output())
        .number(usage.reasoning())
        .number(usage.inputAudio())
        .number(usage.outputAudio())
        .number(usage.webSearches())
        .text(usage.serviceTier())
        .text(usage.speed())
        .text(usage.geo());
  }

  private void money(PendingCharge charge) {
    Outcome outcome = charge.outcome();
    Lease lease = charge.hold().lease();
    Money cost = outcome.cost();
    buffer
        .text(charge.facts().priceVersion())
        .number(charge.hold().amount().nanos())
        .number(cost == null ? null : (Long) cost.nanos())
        .text(outcome.status().wire())
        .number(outcome.totalMicros())
        .number(outcome.firstByteMicros())
        .number(outcome.upstreamMicros())
        .ids(lease.budget())
        .numbers(lease.window())
        .numbers(lease.id());
  }

  /** An array of composites, encoded. */
  private static final class Rows extends PGobject implements PGBinaryObject {

    private static final long serialVersionUID = 1L;

    private final transient byte[] encoded;

    Rows(byte[] encoded) {
      this.encoded = encoded;
      setType(ARRAY);
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
      throw new UnsupportedOperationException("only sent, never read");
    }

    @Override
    public int lengthInBytes() {
      return encoded.length;
    }

    @Override
    public void toBytes(byte[] target, int offset) {
      System.arraycopy(encoded, 0, target, offset, encoded.length);
    }
  }
}
