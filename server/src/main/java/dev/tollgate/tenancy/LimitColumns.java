package dev.tollgate.tenancy;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Limits and allow-lists as columns of organizations, users and keys. */
final class LimitColumns {

  static final String LIMITS = "requests_per_minute, tokens_per_minute, concurrent_streams";
  static final String LISTS = "allowed_models, allowed_routes";

  /** The values of {@link #LIMITS}, as {@link #bind} binds them. */
  static final String VALUES = ":rpm::bigint, :tpm::bigint, :streams::bigint";

  static final String SET =
      "requests_per_minute = :rpm::bigint, tokens_per_minute = :tpm::bigint,"
          + " concurrent_streams = :streams::bigint";

  private LimitColumns() {}

  static RateLimits limits(ResultSet row) throws SQLException {
    return limits(row, "");
  }

  /** The columns whose names begin with {@code prefix}. */
  static RateLimits limits(ResultSet row, String prefix) throws SQLException {
    Long requests = row.getObject(prefix + "requests_per_minute", Long.class);
    Long tokens = row.getObject(prefix + "tokens_per_minute", Long.class);
    Long streams = row.getObject(prefix + "concurrent_streams", Long.class);
    return requests == null && tokens == null && streams == null
        ? RateLimits.NONE
        : new RateLimits(requests, tokens, streams);
  }

  static KeyTerms terms(ResultSet row, String prefix) throws SQLException {
    return new KeyTerms(
        limits(row, prefix), names(row, "allowed_models"), names(row, "allowed_routes"));
  }

  private static @Nullable List<String> names(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? null : List.of((String[]) array.getArray());
  }

  static <T extends SqlStatement<T>> T bind(T statement, RateLimits limits) {
    return statement
        .bind("rpm", limits.requestsPerMinute())
        .bind("tpm", limits.tokensPerMinute())
        .bind("streams", limits.concurrentStreams());
  }

  static String @Nullable [] array(@Nullable List<String> names) {
    return names == null ? null : names.toArray(String[]::new);
  }

  /** What the audit tells of limits: those that are set. */
  static Map<String, Object> told(RateLimits limits) {
    Map<String, Object> told = new LinkedHashMap<>();
    put(told, "requestsPerMinute", limits.requestsPerMinute());
    put(told, "tokensPerMinute", limits.tokensPerMinute());
    put(told, "concurrentStreams", limits.concurrentStreams());
    return told;
  }

  /** The same of a key, its allow-lists included. */
  static Map<String, Object> told(KeyTerms terms) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("limits", told(terms.limits()));
    put(told, "allowedModels", terms.allowedModels());
    put(told, "allowedRoutes", terms.allowedRoutes());
    return told;
  }

  private static void put(Map<String, Object> told, String name, @Nullable Object value) {
    if (value != null) {
      told.put(name, value);
    }
  }
}
