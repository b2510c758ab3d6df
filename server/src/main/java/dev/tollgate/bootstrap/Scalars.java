package dev.tollgate.bootstrap;

import dev.tollgate.catalogue.CallPrice;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Retention;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values by their type. */
final class Scalars {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private final Map<Class<?>, Function<String, Object>> readers;

  /** Reads relative paths as starting from {@code home}. */
  Scalars(Path home) {
    readers =
        Map.ofEntries(
            Map.entry(String.class, text -> text),
            Map.entry(int.class, Scalars::integer),
            Map.entry(boolean.class, Scalars::truth),
            Map.entry(double.class, Scalars::fraction),
            Map.entry(Duration.class, Scalars::duration),
            Map.entry(Size.class, Size::parse),
            Map.entry(Secret.class, Secret::new),
            Map.entry(URI.class, Scalars::uri),
            Map.entry(Path.class, home::resolve),
            Map.entry(DatabaseUrl.class, DatabaseUrl::parse),
            Map.entry(RedisUrl.class, RedisUrl::parse),
            Map.entry(Retention.class, Retention::parse),
            Map.entry(MasterKey.class, MasterKey::parse),
            Map.entry(Money.class, CallPrice::parse),
            Map.entry(AddressRange.class, AddressRange::parse));
  }

  boolean knows(Class<?> type) {
    return type.isEnum() || readers.containsKey(type);
  }

  /**
   * The value that {@code text} stands for.
   *
   * @throws IllegalArgumentException that says what is expected instead
   */
  Object read(Class<?> type, String text) {
    Function<String, Object> reader = readers.get(type);
    return reader == null ? constant(type, text) : reader.apply(text);
  }

  private static Object constant(Class<?> type, String text) {
    List<String> words =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    int index = words.indexOf(text);
    if (index < 0) {
      throw new IllegalArgumentException(
          "must be one of %s, is %s%s"
              .formatted(String.join(", ", words), text, Suggestion.among(words, text)));
    }
    return type.getEnumConstants()[index];
  }

  private static Integer integer(String text) {
    try {
      return Integer.valueOf(text.replace("_", ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number, is " + text, e);
    }
  }

  private static Double fraction(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a number, is " + text, e);
    }
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false, is " + text);
    };
  }

  private static Duration duration(String text) {
    Matcher form = DURATION.matcher(text);
    Duration unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("must be a duration such as 250ms, 5s or 10m, is " + text);
    }
    return unit.multipliedBy(Long.parseLong(form.group(1)));
  }

  private static URI uri(String text) {
    URI uri = URI.create(text);
    if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
      throw new IllegalArgumentException("must be a URL such as https://host/path, is " + text);
    }
    return uri;
  }
}
