package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a request, read strictly: a field that is not known, of another type or out of bounds
 * is refused by its name. A field that may be absent may be null as well.
 */
final class Body {

  private static final int LARGEST = 64 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode object;

  private Body(JsonNode object) {
    this.object = object;
  }

  /** An object that has no other fields than {@code known}. */
  static Body of(Call call, String... known) {
    JsonNode object = parse(call);
    List<String> names = List.of(known);
    for (String name : object.propertyNames()) {
      if (!names.contains(name)) {
        throw Failure.invalid(
            name,
            "the field " + name + " is not known here; known are " + String.join(", ", names));
      }
    }
    return new Body(object);
  }

  private static JsonNode parse(Call call) {
    if (call.body().length() > LARGEST) {
      throw Failure.of(
          ErrorCode.REQUEST_TOO_LARGE, "the body may have at most " + LARGEST + " bytes here");
    }
    try {
      JsonNode node = JSON.readTree(call.body().getBytes());
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      var where = e.getLocation();
      String at =
          where == null
              ? ""
              : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the body is not valid JSON" + at, e);
    }
    throw Failure.of(ErrorCode.INVALID_REQUEST, "the body must be a JSON object");
  }

  /** Whether the field is there and not null. */
  boolean has(String name) {
    return get(name) != null;
  }

  /** Whether the field is there, be it null. */
  boolean says(String name) {
    return object.has(name);
  }

  /** A field of any form, such as one that another room reads; null where absent or null. */
  @Nullable JsonNode get(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  String text(String name) {
    String value = textOrNull(name);
    if (value == null) {
      throw Failure.invalid(name, "the field " + name + " is missing");
    }
    return value;
  }

  @Nullable String textOrNull(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw Failure.invalid(name, name + " must be a string");
    }
    return Storable.text(name, value.stringValue());
  }

  boolean flag(String name, boolean otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw Failure.invalid(name, name + " must be true or false");
    }
    return value.booleanValue();
  }

  /**
   * A whole number from 0 to {@code most}, or null; the field must be there, for to forget it must
   * not mean the same as to say null.
   */
  @Nullable Long countOrNull(String name, long most) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw Failure.invalid(
          name, "the field " + name + " is missing; give a number, or null for unlimited");
    }
    if (value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > most) {
      throw Failure.invalid(name, name + " must be null or a whole number from 0 to " + most);
    }
    return value.longValue();
  }

  @Nullable UUID idOrNull(String name) {
    String value = textOrNull(name);
    UUID id = value == null ? null : Paths.uuid(value);
    if (value != null && id == null) {
      throw Failure.invalid(name, name + " must be an identifier, a UUID");
    }
    return id;
  }

  @Nullable Instant instantOrNull(String name) {
    String value = textOrNull(name);
    try {
      return value == null ? null : Storable.instant(name, OffsetDateTime.parse(value).toInstant());
    } catch (DateTimeException e) {
      throw Failure.invalid(name, name + " must be an instant such as 2026-12-31T23:59:59Z");
    }
  }
}
