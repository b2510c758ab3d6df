package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger as tests write it, past the money room.
 *
 * @param connector with {@code tool}; null: a call of a model
 * @param calls how many it stands for
 */
record LedgerDraft(
    Instant heldAt,
    LedgerEntry.Kind kind,
    UUID organization,
    @Nullable UUID key,
    @Nullable String project,
    @Nullable String category,
    @Nullable String model,
    @Nullable String provider,
    @Nullable String connector,
    @Nullable String tool,
    long calls,
    @Nullable Long cost,
    long output,
    String status,
    UUID budget) {

  private static final String INSERT =
      """
      INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, key_id, project,
        category, model_served, provider, connector, tool, calls, cost_nanos, output_tokens, status,
        held_nanos, budgets, windows)
      VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final List<LedgerEntry.Kind> KINDS = List.of(LedgerEntry.Kind.values());

  private static final List<String> STATUSES = List.of("ok", "ok", "ok", "error", "disconnected");

  private static final List<String> COUNTED = List.of("ok", "error", "disconnected", "cached");

  /** Any entry; one in five is a correction, and one in eight lies exactly on an hour. */
  static LedgerDraft random(Random random, List<UUID> organizations, Instant from, Instant to) {
    long span = to.toEpochMilli() - from.toEpochMilli();
    Instant at = from.plusMillis((long) (random.nextDouble() * span));
    if (random.nextInt(8) == 0) {
      at = at.truncatedTo(java.time.temporal.ChronoUnit.HOURS);
    }
    LedgerEntry.Kind kind =
        random.nextInt(5) > 0 ? LedgerEntry.Kind.CHARGE : KINDS.get(random.nextInt(KINDS.size()));
    UUID organization = organizations.get(random.nextInt(organizations.size()));
    int many = random.nextInt(4);
    boolean count = kind == LedgerEntry.Kind.COUNT;
    boolean tool = count || (kind == LedgerEntry.Kind.CHARGE && random.nextInt(3) == 0);
    return new LedgerDraft(
        at,
        kind,
        organization,
        many == 0 ? null : new UUID(many, organization.getLeastSignificantBits()),
        random.nextBoolean() ? null : "project-" + random.nextInt(3),
        random.nextBoolean() ? null : "quick",
        tool ? null : "model-" + random.nextInt(4),
        tool ? null : random.nextBoolean() ? "anthropic" : "local",
        tool ? "connector-" + random.nextInt(2) : null,
        tool ? "tool-" + random.nextInt(3) : null,
        count ? 1 + random.nextInt(50) : 1,
        count ? (Long) 0L : cost(random),
        tool ? 0 : random.nextInt(5_000),
        any(random, count ? COUNTED : STATUSES),
        new UUID(99, organization.getLeastSignificantBits()));
  }

  /** The same, of one call. */
  LedgerDraft ofOneCall() {
    return new LedgerDraft(
        heldAt,
        kind,
        organization,
        key,
        project,
        category,
        model,
        provider,
        connector,
        tool,
        1,
        cost,
        output,
        status,
        budget);
  }

  private static @Nullable Long cost(Random random) {
    return random.nextInt(6) == 0 ? null : (Long) (random.nextLong(2_000_000_000L) - 1_000_000);
  }

  private static String any(Random random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  void insert(Connection connection) throws SQLException {
    UUID call =
        new UUID(heldAt.toEpochMilli() << 16 | 0x7000, Ids.next().getLeastSignificantBits());
    try (PreparedStatement row = connection.prepareStatement(INSERT)) {
      row.setObject(1, heldAt.atOffset(ZoneOffset.UTC));
      row.setObject(2, call);
      row.setString(3, kind.wire());
      row.setObject(4, organization);
      row.setObject(5, key, Types.OTHER);
      row.setString(6, project);
      row.setString(7, category);
      row.setString(8, model);
      row.setString(9, provider);
      row.setString(10, connector);
      row.setString(11, tool);
      row.setLong(12, calls);
      row.setObject(13, cost, Types.BIGINT);
      row.setLong(14, output);
      row.setString(15, status);
      boolean count = kind == LedgerEntry.Kind.COUNT;
      row.setLong(16, count ? 0 : 7);
      row.setArray(17, connection.createArrayOf("uuid", count ? new UUID[0] : new UUID[] {budget}));
      row.setArray(18, connection.createArrayOf("int8", count ? new Long[0] : new Long[] {1L}));
      row.executeUpdate();
    }
  }

  /** Whether it is of calls, and no correction. */
  boolean called() {
    return kind == LedgerEntry.Kind.CHARGE || kind == LedgerEntry.Kind.COUNT;
  }

  long nanos() {
    return cost == null ? 0 : cost;
  }

  /** What a grouping calls the group of this entry; empty for none. */
  String group(UsageGrouping by) {
    return switch (by) {
      case MODEL -> model == null ? "/" : model + "/" + provider;
      case PROVIDER -> provider == null ? "" : provider;
      case TOOL -> tool == null ? "/" : tool + "/" + connector;
      case CONNECTOR -> connector == null ? "" : connector;
      case CATEGORY -> category == null ? "" : category;
      case KEY -> key == null ? "" : key.toString();
      case PROJECT -> project == null ? "" : project;
      case USER -> "";
      case STATUS -> status;
      case ORGANIZATION -> organization.toString();
      case HOUR -> heldAt.truncatedTo(java.time.temporal.ChronoUnit.HOURS).toString();
      case DAY -> heldAt.truncatedTo(java.time.temporal.ChronoUnit.DAYS).toString();
    };
  }
}
