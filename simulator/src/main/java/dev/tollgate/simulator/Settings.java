package dev.tollgate.simulator;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Words with their values, and how a value is read; every bad one is refused by name. */
final class Settings {

  static final Settings NONE = new Settings(new EnumMap<>(Key.class));

  private final Map<Key, String> values;

  private Settings(Map<Key, String> values) {
    this.values = values;
  }

  static Settings of(Map<String, String> words) {
    EnumMap<Key, String> values = new EnumMap<>(Key.class);
    words.forEach((word, value) -> values.put(Key.named(word), value));
    return new Settings(values);
  }

  /** Reads {@code key=value} pairs separated by blanks or semicolons; a bare key means true. */
  static Settings parse(String text) {
    EnumMap<Key, String> values = new EnumMap<>(Key.class);
    for (String pair : text.split("[;\\s]+", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String word = equals < 0 ? pair : pair.substring(0, equals);
        values.put(Key.named(word), equals < 0 ? "true" : pair.substring(equals + 1));
      }
    }
    return new Settings(values);
  }

  /** These, with {@code others} on top. */
  Settings with(Settings others) {
    EnumMap<Key, String> merged = new EnumMap<>(Key.class);
    merged.putAll(values);
    merged.putAll(others.values);
    return new Settings(merged);
  }

  Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    values.forEach((key, value) -> words.put(key.word(), value));
    return words;
  }

  @Nullable String text(Key key) {
    return values.get(key);
  }

  boolean flag(Key key, boolean fallback) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(key, value, "true or false");
    };
  }

  long number(Key key, long fallback, long least, long most) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    long number = value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
    if (number < least || number > most) {
      throw bad(key, value, "a number from " + least + " to " + most);
    }
    return number;
  }

  /** A duration in microseconds: {@code 20ms}, {@code 2s}, {@code 500us}, or plain milliseconds. */
  long micros(Key key) {
    String value = values.get(key);
    if (value == null) {
      return 0;
    }
    String digits = value.replaceFirst("(us|ms|s|m)$", "");
    if (!digits.matches("\\d{1,9}")) {
      throw bad(key, value, "a duration such as 20ms or 2s");
    }
    return Long.parseLong(digits)
        * switch (value.substring(digits.length())) {
          case "us" -> 1L;
          case "s" -> 1_000_000L;
          case "m" -> 60_000_000L;
          default -> 1_000L;
        };
  }

  <E extends Enum<E>> E choice(Key key, E fallback) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
        return constant;
      }
    }
    throw bad(key, value, "one of the words that the documentation names");
  }

  Refusal bad(Key key, String value, String expected) {
    return Refusal.invalid(
        "The simulator's setting %s=%s is not %s.".formatted(key.word(), value, expected));
  }
}
