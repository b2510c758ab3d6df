package dev.tollgate.storage;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The roles of the cluster that transactions run as.
 *
 * <p>They belong to the cluster and not to a database: several databases may make them at the same
 * moment, and one that was restored into a new cluster finds them missing. Hence they are looked
 * after at each migration and are no migration of their own.
 */
final class Roles {

  private static final int ATTEMPTS = 20;

  private final Connection connection;
  private final int version;

  private Roles(Connection connection, int version) {
    this.connection = connection;
    this.version = version;
  }

  /**
   * Makes the roles that are missing and grants them to the current user.
   *
   * @param version {@code server_version_num}
   */
  static void ensure(Connection connection, int version) throws SQLException {
    new Roles(connection, version).ensure();
  }

  private void ensure() throws SQLException {
    for (int attempt = 1; ; attempt++) {
      List<String> statements = outstanding();
      if (statements.isEmpty()) {
        return;
      }
      try (Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        if (SqlStates.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
          throw refused(statements, e);
        }
        if (!causedByAnother(e) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** What is still to be run, in its order; nothing when every role can be entered. */
  private List<String> outstanding() throws SQLException {
    // From 16 on a role may be granted without the right to enter it, which is what its maker has.
    String right = version >= 160_000 ? "SET" : "MEMBER";
    List<String> creations = new ArrayList<>();
    List<String> grants = new ArrayList<>();
    for (Role role : Role.values()) {
      String name = role.sqlName();
      if (!holds("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s')".formatted(name))) {
        creations.add("CREATE ROLE " + name + " NOLOGIN");
        grants.add(name);
      } else if (!holds("SELECT pg_has_role('%s', '%s')".formatted(name, right))) {
        grants.add(name);
      }
    }
    if (!grants.isEmpty()) {
      creations.add(
          "GRANT "
              + String.join(", ", grants)
              + " TO "
              + user()
              + (version >= 160_000 ? " WITH INHERIT FALSE, SET TRUE" : ""));
    }
    return creations;
  }

  private boolean holds(String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private String user() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT quote_ident(current_user)")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Another database of the cluster did the same at the same moment. */
  private static boolean causedByAnother(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.equals(SqlStates.DUPLICATE_OBJECT)
        || state.equals(SqlStates.UNIQUE_VIOLATION)
        || state.equals(SqlStates.INTERNAL_ERROR);
  }

  private static Failure refused(List<String> statements, SQLException cause) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the database user may not make or enter Tollgate's roles; have a superuser run this,"
            + " then start again:\n"
            + String.join(";\n", statements)
            + ";",
        cause);
  }

  /**
   * Enters each role and looks at who we then are.
   *
   * @throws Failure when we are somebody else, a superuser, or exempt from row-level security
   */
  static void verify(Storage storage) {
    for (Role role : Role.values()) {
      storage.transact(new Access(role, null), handle -> verify(handle, role));
    }
  }

  private static boolean verify(Handle handle, Role role) {
    boolean bound =
        handle
            .createQuery(
                "SELECT rolname = :role AND NOT rolsuper AND NOT rolbypassrls"
                    + " FROM pg_roles WHERE rolname = current_user")
            .bind("role", role.sqlName())
            .mapTo(Boolean.class)
            .one();
    if (!bound) {
      throw Failure.of(
          ErrorCode.FORBIDDEN,
          "the role "
              + role.sqlName()
              + " is a superuser, may bypass row-level security, or cannot be entered; run: ALTER"
              + " ROLE "
              + role.sqlName()
              + " NOSUPERUSER NOBYPASSRLS");
    }
    return true;
  }
}
