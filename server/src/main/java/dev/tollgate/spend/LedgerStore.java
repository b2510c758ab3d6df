package dev.tollgate.spend;

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

/** Writes batches of charges, each one statement and one commit. Blocks. */
final class LedgerStore implements GroupCommit.Store {

  private static final String TYPE = "tollgate.settlement";
  private static final String ARRAY = "tollgate.settlement[]";

  private final Storage storage;
  private final Node node;

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
   * @param known the last batch that the database had of this node before
   */
  record Committed(boolean superseded, List<Long> fenced, long known) {}

  /**
   * Commits; a batch that is repeated changes nothing.
   *
   * @param after the last batch that the database should have before; where it lacks some, it goes
   *     on saying so
   * @param rows as {@link ChargeRows} encodes them
   */
  @Override
  public Committed commit(long after, long batch, int count, byte[] rows) {
    return storage.autocommit(connection -> commit(connection, after, batch, count, rows));
  }

  /**
   * Gives up what this node leased, for the database may have been restored.
   *
   * @return the last batch that it has of this node; null: another process runs under its id
   */
  @Override
  public @Nullable Long startOver() {
    return storage.autocommit(connection -> {
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT tollgate.spend_start_over(?, ?, ?)")) {
        statement.setObject(1, node.id());
        statement.setLong(2, node.epoch());
        statement.setString(3, node.address());
        try (ResultSet answer = statement.executeQuery()) {
          answer.next();
          return answer.getObject(1, Long.class);
        }
      }
    });
  }

  private Committed commit(Connection connection, long after, long batch, int count, byte[] rows)
      throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    int row = driver.getTypeInfo().getPGType(TYPE);
    int array = driver.getTypeInfo().getPGType(ARRAY);
    driver.getQueryExecutor().addBinarySendOid(array);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT superseded, fenced, known FROM tollgate.spend_settle(?, ?, ?, ?, ?)")) {
      statement.setObject(1, node.id());
      statement.setLong(2, node.epoch());
      statement.setLong(3, after);
      statement.setLong(4, batch);
      statement.setObject(5, new Rows(RowBuffer.header(row, count), rows));
      try (ResultSet answer = statement.executeQuery()) {
        answer.next();
        return new Committed(answer.getBoolean(1), leases(answer.getArray(2)), answer.getLong(3));
      }
    }
  }

  private static List<Long> leases(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((Long[]) array.getArray());
  }

  /** An array of composites, encoded. */
  private static final class Rows extends PGobject implements PGBinaryObject {

    private static final long serialVersionUID = 1L;

    private final transient byte[] header;
    private final transient byte[] rows;

    Rows(byte[] header, byte[] rows) {
      this.header = header;
      this.rows = rows;
      setType(ARRAY);
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
      throw new UnsupportedOperationException("only sent, never read");
    }

    @Override
    public int lengthInBytes() {
      return header.length + rows.length;
    }

    @Override
    public void toBytes(byte[] target, int offset) {
      System.arraycopy(header, 0, target, offset, header.length);
      System.arraycopy(rows, 0, target, offset + header.length, rows.length);
    }
  }
}
