package dev.tollgate.http.engine;

import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a path: one hash look-up for templates without parameters, a short scan by
 * segments for the others. Immutable.
 */
final class Router {

  /** What a path leads to. */
  sealed interface Match {
    record Found(Route route, int index, Map<String, String> path) implements Match {}

    /** The path is known, the method is not; {@code allowed} are those that it takes. */
    record WrongMethod(Route other, List<String> allowed) implements Match {}

    record Unknown() implements Match {}
  }

  private record Entry(Route route, int index, List<String> segments) {}

  private final Map<String, List<Entry>> exact = new HashMap<>();
  private final List<Entry> templates = new ArrayList<>();

  Router(List<Route> routes) {
    for (int i = 0; i < routes.size(); i++) {
      Entry entry = new Entry(routes.get(i), i, segments(routes.get(i).template()));
      if (entry.route().template().indexOf('{') < 0) {
        exact.computeIfAbsent(entry.route().template(), key -> new ArrayList<>()).add(entry);
      } else {
        templates.add(entry);
      }
    }
  }

  Match match(HttpMethod method, String path) {
    @Nullable Route other = null;
    List<String> allowed = new ArrayList<>();
    for (Entry entry : exact.getOrDefault(path, List.of())) {
      if (entry.route().method().equals(method)) {
        return new Match.Found(entry.route(), entry.index(), Map.of());
      }
      other = entry.route();
      allowed.add(other.method().name());
    }
    List<String> segments = segments(path);
    for (Entry entry : templates) {
      Map<String, String> values = fit(entry.segments(), segments);
      if (values != null) {
        if (entry.route().method().equals(method)) {
          return new Match.Found(entry.route(), entry.index(), values);
        }
        other = entry.route();
        allowed.add(other.method().name());
      }
    }
    return other == null ? new Match.Unknown() : new Match.WrongMethod(other, allowed);
  }

  private static @Nullable Map<String, String> fit(List<String> template, List<String> path) {
    if (template.size() != path.size()) {
      return null;
    }
    for (int i = 0; i < template.size(); i++) {
      if (!parameter(template.get(i)) && !template.get(i).equals(path.get(i))) {
        return null;
      }
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < template.size(); i++) {
      if (parameter(template.get(i))) {
        @Nullable String value = decode(path.get(i));
        if (value == null || value.isEmpty()) {
          return null;
        }
        values.put(template.get(i).substring(1, template.get(i).length() - 1), value);
      }
    }
    return values;
  }

  private static boolean parameter(String segment) {
    return segment.startsWith("{");
  }

  /** Percent-decodes a segment of a path, where a plus is a plus; null if it is malformed. */
  private static @Nullable String decode(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }
}
