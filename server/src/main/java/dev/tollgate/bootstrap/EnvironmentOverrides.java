package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Environment variables that go before the file: {@code TOLLGATE_LISTEN_PORT} for {@code
 * listen.port}. Every key of a single value that is not in a list has one.
 */
final class EnvironmentOverrides {

  private static final String PREFIX = "TOLLGATE_";

  /** What stands in where neither the file nor a variable of ours names a server. */
  private static final Map<String, String> FALLBACKS =
      Map.of("database.url", "DATABASE_URL", "redis.url", "REDIS_URL");

  /** Variables of ours that are no keys. */
  private static final Set<String> OTHERS =
      Set.of(
          "TOLLGATE_ADMIN_KEY",
          "TOLLGATE_CA",
          "TOLLGATE_KEY",
          "TOLLGATE_URL",
          "TOLLGATE_DATA",
          "TOLLGATE_JAVA_HOME",
          "TOLLGATE_JAVA_OPTIONS");

  /** What Kubernetes sets in every container beside a service that is called tollgate. */
  private static final Pattern KUBERNETES =
      Pattern.compile(
          "TOLLGATE_(SERVICE|PORT)(_.*)?|TOLLGATE_.*_(SERVICE_HOST|SERVICE_PORT|TCP)(_.*)?");

  private EnvironmentOverrides() {}

  /**
   * Writes what {@code environment} says into {@code written}.
   *
   * @param text the file, which may refer to variables of any name
   */
  static void apply(
      ConfigNode.Mapping written,
      String text,
      Map<String, String> environment,
      Consumer<String> warnings) {
    Map<String, String> paths = variables();
    paths.forEach((variable, path) -> put(written, path, variable, environment));
    FALLBACKS.forEach((path, variable) -> {
      if (!has(written, path)) {
        put(written, path, variable, environment);
      }
    });
    warnOfUnknown(
        paths.keySet(),
        environment.keySet().stream().filter(name -> !text.contains("${" + name)).toList(),
        warnings);
  }

  /** Every variable that stands for a key, and the key's path. */
  static Map<String, String> variables() {
    Map<String, String> paths = new TreeMap<>();
    ConfigKeys.leaves(Config.class, "", (path, _) -> paths.put(variable(path), path));
    return paths;
  }

  private static String variable(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static void warnOfUnknown(
      Set<String> known, List<String> names, Consumer<String> warnings) {
    Set<String> all = new TreeSet<>(known);
    all.addAll(OTHERS);
    for (String name : new TreeSet<>(names)) {
      if (name.startsWith(PREFIX) && !all.contains(name) && !KUBERNETES.matcher(name).matches()) {
        warnings.accept(
            "the environment variable " + name + " means nothing" + Suggestion.among(all, name));
      }
    }
  }

  private static void put(
      ConfigNode.Mapping root, String path, String variable, Map<String, String> environment) {
    String value = environment.get(variable);
    if (value == null || value.isBlank()) {
      return;
    }
    ConfigNode.Mapping at = root;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      ConfigNode next = at.entries().get(names[i]);
      if (next == null || next instanceof ConfigNode.Nothing) {
        next = new ConfigNode.Mapping(new LinkedHashMap<>(), variable);
        at.entries().put(names[i], next);
      }
      if (!(next instanceof ConfigNode.Mapping mapping)) {
        return;
      }
      at = mapping;
    }
    at.entries().put(names[names.length - 1], new ConfigNode.Scalar(value, true, variable));
  }

  private static boolean has(ConfigNode.Mapping root, String path) {
    ConfigNode at = root;
    for (String name : path.split("\\.", -1)) {
      at = at instanceof ConfigNode.Mapping mapping ? mapping.entries().get(name) : null;
      if (at == null || at instanceof ConfigNode.Nothing) {
        return false;
      }
    }
    return true;
  }
}
