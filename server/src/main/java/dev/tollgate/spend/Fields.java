package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object that is read strictly: every complaint names the field, and nothing unknown passes.
 *
 * @param path where it stands, for people
 * @param pointer where it stands, as a JSON pointer (RFC 6901)
 * @param origin what to put before a complaint about a pointer, such as the file it came from
 */
record Fields(String path, String pointer, JsonNode node, UnaryOperator<String> origin) {

  // Far above what anything costs, and far below what a number can be written to cost to handle.
  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000L);
  private static final int MOST_PLACES = 18;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  Fields {
    if (!node.isObject()) {
      throw complaint(path, origin.apply(pointer), "must be an object");
    }
  }

  /** Parses {@code json}; a complaint names {@code field}. */
  static JsonNode parse(String json, String field) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw complaint(field, "", "is not JSON: " + e.getOriginalMessage());
    }
  }

  /** A value of maps, lists and scalars as JSON. */
  static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static Fields of(String path, JsonNode node) {
    return new Fields(path, "", node, pointer -> "");
  }

  /** Refuses fields other than {@code known}. */
  Fields only(Collection<String> known) {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw wrong(name, "is not known; did you mean " + nearest(name, known) + "?");
      }
    }
    return this;
  }

  /** The same place with another content. */
  Fields with(JsonNode content) {
    return new Fields(path, pointer, content, origin);
  }

  boolean isObject(String name) {
    JsonNode value = node.get(name);
    return value != null && value.isObject();
  }

  boolean has(String name) {
    JsonNode value = node.get(name);
    return value != null && !value.isNull();
  }

  @Nullable String string(String name) {
    JsonNode value = present(name);
    if (value == null) {
      return null;
    }
    if (!value.isString() || value.stringValue().isBlank()) {
      throw wrong(name, "must be a string that is not blank");
    }
    return value.stringValue();
  }

  String string(String name, String otherwise) {
    String value = string(name);
    return value == null ? otherwise : value;
  }

  boolean flag(String name, boolean otherwise) {
    JsonNode value = present(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "must be true or false");
    }
    return value.booleanValue();
  }

  @Nullable Long whole(String name) {
    JsonNode value = present(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(name, "must be a whole number, 0 or more");
    }
    return value.longValue();
  }

  long whole(String name, long otherwise) {
    Long value = whole(name);
    return value == null ? otherwise : value;
  }

  @Nullable BigDecimal decimal(String name) {
    JsonNode value = present(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || value.decimalValue().signum() < 0) {
      throw wrong(name, "must be a number, 0 or more");
    }
    BigDecimal number = value.decimalValue();
    if (number.scale() > MOST_PLACES || number.compareTo(MOST) > 0) {
      throw wrong(
          name, "must be at most " + MOST + ", with at most " + MOST_PLACES + " decimal places");
    }
    return number;
  }

  BigDecimal decimal(String name, BigDecimal otherwise) {
    BigDecimal value = decimal(name);
    return value == null ? otherwise : value;
  }

  List<String> strings(String name) {
    List<String> found = new ArrayList<>();
    for (JsonNode item : list(name)) {
      if (!item.isString()) {
        throw wrong(name, "must be a list of strings");
      }
      found.add(item.stringValue());
    }
    return List.copyOf(found);
  }

  /** The objects of a list; an absent list is empty. */
  List<Fields> objects(String name) {
    List<Fields> found = new ArrayList<>();
    for (JsonNode item : list(name)) {
      int index = found.size();
      found.add(
          new Fields(at(name) + "[" + index + "]", pointerTo(name) + "/" + index, item, origin));
    }
    return found;
  }

  /** An object; absent: empty. */
  Fields object(String name) {
    JsonNode value = present(name);
    return value == null
        ? new Fields(at(name), pointerTo(name), MAPPER.createObjectNode(), origin)
        : new Fields(at(name), pointerTo(name), value, origin);
  }

  /** Reads every entry of the object {@code name}, in its order. */
  <T> Map<String, T> each(String name, BiFunction<Fields, String, T> read) {
    Fields inner = object(name);
    Map<String, T> found = new LinkedHashMap<>();
    for (String key : inner.node.propertyNames()) {
      found.put(key, read.apply(inner, key));
    }
    return found;
  }

  /** One of the names of an enumeration's constants, in lower case. */
  <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    String value = string(name);
    if (value == null) {
      return otherwise;
    }
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String wire = constant.name().toLowerCase(Locale.ROOT);
      if (wire.equals(value)) {
        return constant;
      }
      names.add(wire);
    }
    throw wrong(name, "must be one of " + String.join(", ", names));
  }

  /** What to throw for the field {@code name}. */
  Failure wrong(String name, String problem) {
    return complaint(at(name), origin.apply(node.has(name) ? pointerTo(name) : pointer), problem);
  }

  private static Failure complaint(String path, String origin, String problem) {
    return Failure.invalid(path, origin + path + " " + problem);
  }

  private List<JsonNode> list(String name) {
    JsonNode value = present(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(name, "must be a list");
    }
    return List.copyOf(value.values());
  }

  private @Nullable JsonNode present(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private String pointerTo(String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  private static String nearest(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String candidate) -> distance(name, candidate)))
        .orElse("nothing");
  }

  /** Levenshtein's distance. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
