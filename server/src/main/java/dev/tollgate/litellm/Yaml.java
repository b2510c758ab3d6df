package dev.tollgate.litellm;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Writes the few forms of YAML that a configuration of Tollgate needs. */
final class Yaml {

  private static final JsonMapper JSON = new JsonMapper();

  /** What is text without quotes too, whoever reads it. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");

  private static final Pattern WORD = Pattern.compile("(?i)true|false|yes|no|on|off|null|y|n");

  private final StringBuilder text = new StringBuilder();

  Yaml line(int depth, String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
    return this;
  }

  Yaml entry(int depth, String key, String value) {
    return line(depth, key + ": " + scalar(value));
  }

  Yaml list(int depth, String key, Iterable<String> values) {
    return line(depth, key + ": " + flow(values));
  }

  Yaml map(int depth, String key, Map<String, String> entries) {
    line(depth, key + ":");
    entries.forEach((name, value) -> entry(depth + 1, scalar(name), value));
    return this;
  }

  Yaml lists(int depth, String key, Map<String, List<String>> entries) {
    line(depth, key + ":");
    entries.forEach((name, values) -> list(depth + 1, scalar(name), values));
    return this;
  }

  private static String flow(Iterable<String> values) {
    return java.util.stream.StreamSupport.stream(values.spliterator(), false)
        .map(Yaml::scalar)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  static String scalar(String value) {
    boolean plain = PLAIN.matcher(value).matches() && !WORD.matcher(value).matches();
    // JSON's strings are YAML's.
    return plain ? value : JSON.writeValueAsString(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
