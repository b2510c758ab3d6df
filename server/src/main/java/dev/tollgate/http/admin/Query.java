package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.kernel.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The query of a request, read strictly: each parameter is known and there once at most. */
final class Query {

  private static final int MOST = 1_000;
  private static final int USUAL = 100;

  private final Call call;

  private Query(Call call) {
    this.call = call;
  }

  static Query of(Call call, String... known) {
    List<String> names = List.of(known);
    call.query()
        .forEach((name, values) -> {
          if (!names.contains(name)) {
            throw Failure.invalid(
                name,
                "the parameter "
                    + name
                    + " is not known here"
                    + (names.isEmpty() ? "" : "; known are " + String.join(", ", names)));
          }
          if (values.size() > 1) {
            throw Failure.invalid(name, "the parameter " + name + " is there twice");
          }
        });
    return new Query(call);
  }

  @Nullable String text(String name) {
    List<String> values = call.query().get(name);
    return values == null || values.isEmpty() ? null : Storable.text(name, values.getFirst());
  }

  /** How many items a page has: from 1 to 1,000, usually 100. */
  int limit() {
    String value = text("limit");
    if (value == null) {
      return USUAL;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw wrongLimit();
    }
    throw wrongLimit();
  }

  private static Failure wrongLimit() {
    return Failure.invalid("limit", "limit must be a whole number from 1 to " + MOST);
  }

  @Nullable String cursor() {
    return text("cursor");
  }

  @Nullable UUID id(String name) {
    String value = text(name);
    UUID id = value == null ? null : Paths.uuid(value);
    if (value != null && id == null) {
      throw Failure.invalid(name, name + " must be an identifier, a UUID");
    }
    return id;
  }

  /** The parameters {@code from}, included, and {@code to}, not included. */
  Span span() {
    Span span = new Span(instant("from"), instant("to"));
    if (span.from != null && span.to != null && span.to.isBefore(span.from)) {
      throw Failure.invalid("to", "to must not lie before from");
    }
    return span;
  }

  /** An instant, or a day, which begins at midnight UTC. */
  private @Nullable Instant instant(String name) {
    String value = text(name);
    try {
      if (value == null) {
        return null;
      }
      return Storable.instant(
          name,
          value.indexOf('T') < 0
              ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(value).toInstant());
    } catch (DateTimeException e) {
      throw Failure.invalid(
          name, name + " must be an instant such as 2026-11-01T00:00:00Z, or a day");
    }
  }

  /** A span of time; null: without that bound. */
  record Span(@Nullable Instant from, @Nullable Instant to) {}
}
