package dev.tollgate.http.engine;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What allow-lists of keys call routes: {@code messages}, {@code chat/completions}, {@code mcp}. A
 * name stands for everything below it too.
 */
public final class RouteNames {

  private static final String VERSIONED = "/v1/";

  private RouteNames() {}

  /** Every name that an allow-list may have, for routes that take keys of organizations. */
  public static Set<String> of(List<Route> routes) {
    Set<String> names = new TreeSet<>();
    for (Route route : routes) {
      if (route.access() == Access.TENANT || route.access() == Access.TENANT_OR_ADMINISTRATOR) {
        String name = name(route);
        for (int end = name.length(); end > 0; end = name.lastIndexOf('/', end - 1)) {
          names.add(name.substring(0, end));
        }
      }
    }
    return names;
  }

  /** The path of a route up to its first parameter, without the version. */
  static String name(Route route) {
    String template = route.template();
    int from = template.startsWith(VERSIONED) ? VERSIONED.length() : 1;
    int parameter = template.indexOf("/{");
    return template.substring(from, parameter < from ? template.length() : parameter);
  }

  static boolean allows(List<String> names, String name) {
    for (String allowed : names) {
      if (name.startsWith(allowed)
          && (name.length() == allowed.length() || name.charAt(allowed.length()) == '/')) {
        return true;
      }
    }
    return false;
  }
}
