package dev.tollgate.spend;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What rows of the ledger say. */
final class LedgerRows {

  private LedgerRows() {}

  static LedgerEntry entry(ResultSet row) throws SQLException {
    LedgerEntry.Kind kind = LedgerEntry.Kind.valueOf(upper(row, "kind"));
    return new LedgerEntry(
        instant(row, "held_at"),
        row.getObject("call_id", UUID.class),
        row.getInt("attempt"),
        kind,
        instant(row, "settled_at"),
        row.getObject("key_id", UUID.class),
        row.getObject("user_id", UUID.class),
        row.getString("project"),
        facts(row, kind),
        row.getObject("input_tokens") == null ? null : usage(row),
        row.getString("raw_usage"),
        row.getString("provider_request_id"),
        row.getLong("calls"),
        new Money(row.getLong("held_nanos")),
        cost(row),
        Outcome.Status.valueOf(upper(row, "status")),
        List.of((UUID[]) row.getArray("budgets").getArray()),
        List.of((Long[]) row.getArray("windows").getArray()),
        row.getLong("total_micros"),
        row.getLong("first_byte_micros"),
        row.getLong("upstream_micros"));
  }

  private static @Nullable CallFacts facts(ResultSet row, LedgerEntry.Kind kind)
      throws SQLException {
    String tool = row.getString("tool");
    if (tool != null) {
      return new CallFacts.Tool(row.getString("request_id"), row.getString("connector"), tool);
    }
    return kind == LedgerEntry.Kind.CHARGE ? model(row) : null;
  }

  private static CallFacts model(ResultSet row) throws SQLException {
    return new CallFacts.Model(
        row.getString("request_id"),
        row.getString("request_class"),
        row.getString("category"),
        row.getObject("category_confidence", Double.class),
        row.getString("category_reason"),
        row.getString("model_asked"),
        row.getString("model_served"),
        row.getString("ladder_step"),
        row.getString("dialect"),
        row.getString("provider"),
        row.getString("credential"),
        row.getString("price_version"));
  }

  /** A row of {@code usage_sums}. */
  static UsageFigures figures(ResultSet row) throws SQLException {
    return new UsageFigures(
        row.getLong("entries"),
        row.getLong("unpriced"),
        row.getLong("downgraded"),
        row.getLong("errors"),
        row.getLong("disconnected"),
        row.getLong("cached"),
        new Money(row.getBigDecimal("cost_nanos").longValueExact()),
        new Money(row.getBigDecimal("held_nanos").longValueExact()),
        tokens(row, null, null, null),
        row.getLong("total_micros"),
        row.getLong("first_bytes"),
        row.getLong("first_byte_micros"),
        row.getLong("upstream_micros"));
  }

  private static Usage usage(ResultSet row) throws SQLException {
    return tokens(row, row.getString("service_tier"), row.getString("speed"), row.getString("geo"));
  }

  private static Usage tokens(
      ResultSet row, @Nullable String serviceTier, @Nullable String speed, @Nullable String geo)
      throws SQLException {
    return new Usage(
        row.getLong("input_tokens"),
        row.getLong("cache_read_tokens"),
        row.getLong("cache_write_5m_tokens"),
        row.getLong("cache_write_1h_tokens"),
        row.getLong("output_tokens"),
        row.getLong("reasoning_tokens"),
        row.getLong("input_audio_tokens"),
        row.getLong("output_audio_tokens"),
        row.getLong("web_searches"),
        serviceTier,
        speed,
        geo);
  }

  private static @Nullable Money cost(ResultSet row) throws SQLException {
    long nanos = row.getLong("cost_nanos");
    return row.wasNull() ? null : new Money(nanos);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static String upper(ResultSet row, String column) throws SQLException {
    return row.getString(column).toUpperCase(Locale.ROOT);
  }
}
