package dev.tollgate.tenancy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What is taken already: unique indexes, in words for the caller. */
final class Conflicts {

  private static final String UNIQUE_VIOLATION = "23505";

  private static final Map<String, String> TAKEN =
      Map.of(
          "api_keys_hash_key", "this key is known already, be it revoked",
          "organizations_external_id", "another organization has this externalId",
          "users_email", "another user of the organization has this email",
          "users_external_id", "another user of the organization has this externalId",
          "administrators_name", "another administrator has this name",
          "administrators_hash", "another administrator has this key");

  private Conflicts() {}

  /**
   * Runs a statement.
   *
   * @throws Failure CONFLICT when a name is taken
   */
  static <T> T guard(Supplier<T> statement) {
    try {
      return statement.get();
    } catch (UnableToExecuteStatementException e) {
      String taken = taken(e);
      if (taken == null) {
        throw e;
      }
      throw Failure.of(ErrorCode.CONFLICT, taken, e);
    }
  }

  private static @Nullable String taken(UnableToExecuteStatementException e) {
    if (!(e.getCause() instanceof PSQLException cause)
        || !UNIQUE_VIOLATION.equals(cause.getSQLState())) {
      return null;
    }
    ServerErrorMessage message = cause.getServerErrorMessage();
    String constraint = message == null ? null : message.getConstraint();
    return constraint == null ? null : TAKEN.get(constraint);
  }
}
