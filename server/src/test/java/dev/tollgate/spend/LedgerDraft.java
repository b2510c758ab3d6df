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

/** An entry of the ledger as tests write it, past the money room. */
record LedgerDraft(
    Instant heldAt,
    LedgerEntry.Kind kind,
    UUID organization,
    @Nullable UUID key,
    @Nullable String project,
    @Nullable String category,
    String model,
    String provider,
    @Nullable Long cost,
    long output,
    String status,
    UUID budget) {

  private static final String INSERT =
      """
      INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, key_id, project,
        category, model_served, provider, cost_nanos, output_tokens, status, held_nanos, budgets,
        windows)
      VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 7, ARRAY[?::uuid], ARRAY[1::bigint])
      """;

  private static final List<LedgerEntry.Kind> KINDS = List.of(LedgerEntry.Kind.values());

  private static final List<String> STATUSES = List.of("ok", "ok", "ok", "error", "disconnected");

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
    return new LedgerDraft(
        at,
        kind,
        organization,
        many == 0 ? null : new UUID(many, organization.getLeastSignificantBits()),
        random.nextBoolean() ? null : "project-" + random.nextInt(3),
        random.nextBoolean() ? null : "quick",
        "model-" + random.nextInt(4),
        random.nextBoolean() ? "anthropic" : "local",
        random.nextInt(6) == 0 ? null : (Long) (random.nextLong(2_000_000_000L) - 1_000_000),
        random.nextInt(5_000),
        STATUSES.get(random.nextInt(STATUSES.size())),
        new UUID(99, organization.getLeastSignificantBits()));
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
      row.setObject(10, cost, Types.BIGINT);
      row.setLong(11, output);
      row.setString(12, status);
      row.setObject(13, budget);
      row.executeUpdate();
    }
  }

  boolean charge() {
    return kind == LedgerEntry.Kind.CHARGE;
  }

  long nanos() {
    return cost == null ? 0 : cost;
  }

  /** What a grouping calls the group of this entry; empty for none. */
  String group(UsageGrouping by) {
    return switch (by) {
      case MODEL -> model + "/" + provider;
      case PROVIDER -> provider;
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
