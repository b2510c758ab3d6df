package dev.tollgate.litellm;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * An object of a source. It knows where it stands and which of its fields were read: {@link #rest}
 * lists the others, so that nothing is dropped unsaid.
 */
final class Source {

  private final JsonNode node;
  private final String path;
  private final Findings findings;
  private final Set<String> read = new HashSet<>();
  private final Map<String, Source> objects = new HashMap<>();

  Source(JsonNode node, String path, Findings findings) {
    this.node = node;
    this.path = path;
    this.findings = findings;
  }

  String path() {
    return path;
  }

  Findings findings() {
    return findings;
  }

  String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  boolean isObject() {
    return node.isObject();
  }

  boolean has(String field) {
    return !blank(node.path(field));
  }

  private static boolean blank(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || (value.isContainer() && value.isEmpty())
        || (value.isString() && value.stringValue().isBlank());
  }

  /** A single value as text; null where there is none. */
  @Nullable String text(String field) {
    JsonNode value = take(field);
    if (blank(value)) {
      return null;
    }
    if (value.isContainer()) {
      findings.lost(at(field), "a single value is expected here", "");
      return null;
    }
    return value.asString().strip();
  }

  String text(String field, String otherwise) {
    String text = text(field);
    return text == null ? otherwise : text;
  }

  /** A number, be it written as text; null where there is none. */
  @Nullable BigDecimal number(String field) {
    String text = text(field);
    if (text == null) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      findings.lost(at(field), "a number is expected here", "");
      return null;
    }
  }

  /** A whole number from 1 on; null where there is none. */
  @Nullable Long count(String field) {
    BigDecimal number = number(field);
    if (number == null) {
      return null;
    }
    if (number.signum() <= 0 || number.precision() - number.scale() > 12) {
      findings.lost(at(field), "a limit of " + number.toPlainString() + " cannot be set", "");
      return null;
    }
    return Math.max(1, number.longValue());
  }

  boolean flag(String field) {
    return "true".equalsIgnoreCase(text(field, "false"));
  }

  /** An object, the same each time; an empty one where there is none. */
  Source object(String field) {
    return objects.computeIfAbsent(field, name -> new Source(take(name), at(name), findings));
  }

  /** The objects of a list; what is no object is listed. */
  List<Source> objects(String field) {
    List<Source> objects = new ArrayList<>();
    for (Source item : items(field)) {
      if (item.isObject()) {
        objects.add(item);
      } else {
        findings.lost(item.path(), "an object is expected here", "");
      }
    }
    return objects;
  }

  private List<Source> items(String field) {
    JsonNode value = take(field);
    List<Source> items = new ArrayList<>();
    if (value.isArray()) {
      for (JsonNode item : value) {
        items.add(new Source(item, at(field) + "[" + items.size() + "]", findings));
      }
    } else if (!blank(value)) {
      findings.lost(at(field), "a list is expected here", "");
    }
    return items;
  }

  /** The texts of a list, or a single one. */
  List<String> texts(String field) {
    JsonNode value = take(field);
    List<String> texts = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(item -> texts.add(item.asString()));
    } else if (!blank(value)) {
      texts.add(value.asString());
    }
    return texts;
  }

  /** Every field of this object with its text, or with "" where it is no single value. */
  Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      read.add(field.getKey());
      entries.put(
          field.getKey(), field.getValue().isContainer() ? "" : field.getValue().asString());
    }
    return entries;
  }

  /** The names of this object's fields; they count as not read yet. */
  List<String> names() {
    return node.isObject() ? List.copyOf(node.propertyNames()) : List.of();
  }

  /** A field that is of no interest. */
  void skip(String... fields) {
    read.addAll(List.of(fields));
  }

  /** Lists every field that was not read, by what is known of it in {@code section}. */
  void rest(String section) {
    for (String name : names()) {
      if (!read.contains(name) && !blank(node.path(name))) {
        Known.tell(findings, section, name, at(name));
      }
    }
  }

  /** The same for a row of a database, where false and zero say nothing either. */
  void restOfRow(String section) {
    for (String name : names()) {
      JsonNode value = node.path(name);
      boolean zero = value.isNumber() && value.decimalValue().signum() == 0;
      if (zero || (value.isBoolean() && !value.booleanValue())) {
        read.add(name);
      }
    }
    rest(section);
  }

  private JsonNode take(String field) {
    read.add(field);
    JsonNode value = node.get(field);
    return value == null ? MissingNode.getInstance() : value;
  }
}
