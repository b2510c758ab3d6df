package dev.tollgate.storage;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a SQLSTATE says about trying again.
 *
 * <p>Source: PostgreSQL's documentation, appendix A, Error Codes.
 */
final class SqlStates {

  static final String INSUFFICIENT_PRIVILEGE = "42501";
  static final String DUPLICATE_OBJECT = "42710";
  static final String UNIQUE_VIOLATION = "23505";

  /** What a catalogue row says that two sessions change at once ("tuple concurrently updated"). */
  static final String INTERNAL_ERROR = "XX000";

  /** Connections, resources, system errors. */
  private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "58");

  private static final Set<String> PASSING =
      Set.of(
          "57014", // canceled by our own statement timeout
          "57P01", // admin_shutdown
          "57P02", // crash_shutdown
          "57P03", // cannot_connect_now
          "57P05", // idle_session_timeout
          "25006", // read_only_sql_transaction: a standby, before or after a failover
          "25P03", // idle_in_transaction_session_timeout
          "25P04", // transaction_timeout
          "40001", // serialization_failure
          "40P01", // deadlock_detected
          "55P03"); // lock_not_available

  private SqlStates() {}

  /** Whether the failure is of the moment and not of the statement. */
  static boolean passes(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (PASSING.contains(state) || PASSING_CLASSES.contains(state.substring(0, 2)));
  }

  /** Whether waiting for the database cannot help: wrong user, password or database name. */
  static boolean refusesLogin(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("28") || state.startsWith("3D"));
  }

  /** The first exception of the driver among {@code thrown} and its causes. */
  static @Nullable SQLException find(Throwable thrown) {
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < 20; t = t.getCause()) {
      if (t instanceof SQLException e) {
        return e;
      }
      depth++;
    }
    return null;
  }
}
