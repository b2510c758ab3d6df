package dev.tollgate.http.admin;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.KeyTerms;
import dev.tollgate.tenancy.RateLimits;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields {@code limits}, {@code allowedModels} and {@code allowedRoutes} of a body, merged into
 * what there is: a field that is absent stays, null takes a limit away (RFC 7396).
 *
 * @param routes the names that {@code allowedRoutes} may have
 */
record LimitBody(Supplier<Set<String>> routes) {

  private static final List<String> LIMITS =
      List.of("requestsPerMinute", "tokensPerMinute", "concurrentStreams");

  /** The limits of {@code body} over {@code old}. */
  static RateLimits limits(Body body, RateLimits old) {
    if (!body.says("limits")) {
      return old;
    }
    JsonNode limits = body.get("limits");
    if (limits == null) {
      return RateLimits.NONE;
    }
    if (!limits.isObject()) {
      throw Failure.invalid("limits", "limits must be an object or null");
    }
    for (String name : limits.propertyNames()) {
      if (!LIMITS.contains(name)) {
        throw Failure.invalid(
            "limits." + name,
            "the field limits." + name + " is not known here; known are " + join(LIMITS));
      }
    }
    return new RateLimits(
        limit(limits, LIMITS.get(0), old.requestsPerMinute()),
        limit(limits, LIMITS.get(1), old.tokensPerMinute()),
        limit(limits, LIMITS.get(2), old.concurrentStreams()));
  }

  private static @Nullable Long limit(JsonNode limits, String name, @Nullable Long old) {
    JsonNode value = limits.get(name);
    if (value == null) {
      return old;
    }
    if (value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      String field = "limits." + name;
      throw Failure.invalid(
          field, field + " must be null, for no limit, or a whole number from 1 on");
    }
    return value.longValue();
  }

  /** What {@code body} says of a key, over {@code old}. */
  KeyTerms terms(Body body, KeyTerms old) {
    return new KeyTerms(
        limits(body, old.limits()),
        names(body, "allowedModels", old.allowedModels()),
        known(names(body, "allowedRoutes", old.allowedRoutes())));
  }

  private static @Nullable List<String> names(Body body, String field, @Nullable List<String> old) {
    if (!body.says(field)) {
      return old;
    }
    JsonNode names = body.get(field);
    if (names == null) {
      return null;
    }
    if (!names.isArray() || !names.valueStream().allMatch(JsonNode::isString)) {
      throw Failure.invalid(field, field + " must be a list of strings, or null for all");
    }
    return names.valueStream().map(JsonNode::stringValue).toList();
  }

  /** A name that no route has would silently allow nothing. */
  private @Nullable List<String> known(@Nullable List<String> names) {
    if (names != null) {
      Set<String> all = routes.get();
      for (String name : names) {
        if (!all.contains(name)) {
          throw Failure.invalid(
              "allowedRoutes",
              "allowedRoutes: there is no route " + name + "; there are " + join(all));
        }
      }
    }
    return names;
  }

  private static String join(Iterable<String> names) {
    return String.join(", ", names);
  }
}
