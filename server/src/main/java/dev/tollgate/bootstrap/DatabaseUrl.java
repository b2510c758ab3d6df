package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Secret;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL to use, read from libpq's URI form (PostgreSQL's manual, section 34.1.1.2): {@code
 * postgresql://user:password@host:port,host:port/database?sslmode=verify-full}.
 *
 * @param jdbcUrl the same for the JDBC driver, without user and password
 */
public record DatabaseUrl(String jdbcUrl, String user, Secret password) {

  private static final Pattern FORM =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^/?]*)"
              + "(?:/(?<database>[^?]*))?(?:\\?(?<parameters>.*))?");
  private static final Pattern HOST =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?");

  /** libpq's parameters and what the driver calls them. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "sslmode", "sslmode",
          "sslrootcert", "sslrootcert",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName",
          "options", "options",
          "gssencmode", "gssEncMode",
          "channel_binding", "channelBinding",
          "target_session_attrs", "targetServerType");

  /** Parameters that stand for parts of the URL itself. */
  private static final Set<String> OWN = Set.of("user", "password", "dbname");

  private static final Map<String, String> TARGETS =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary");

  /**
   * Reads {@code text}.
   *
   * @throws IllegalArgumentException that never shows the password
   */
  static DatabaseUrl parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "must be a URL such as postgresql://user:password@host:5432/database; special characters"
              + " of a password are written as %40 and the like");
    }
    String hosts = hosts(form.group("hosts"));
    Map<String, String> parameters = parameters(form.group("parameters"));
    String user = first(decoded(form.group("user")), parameters.remove("user"));
    if (user.isEmpty()) {
      throw new IllegalArgumentException("names no user: postgresql://user:password@host/database");
    }
    String password = first(decoded(form.group("password")), parameters.remove("password"));
    String database = first(decoded(form.group("database")), parameters.remove("dbname"));
    return new DatabaseUrl(
        "jdbc:postgresql://%s/%s%s"
            .formatted(hosts, encoded(database.isEmpty() ? user : database), query(parameters)),
        user,
        new Secret(password));
  }

  private static String first(String given, @Nullable String parameter) {
    return given.isEmpty() && parameter != null ? parameter : given;
  }

  private static String hosts(String hosts) {
    if (hosts.isEmpty()) {
      return "localhost";
    }
    for (String host : hosts.split(",", -1)) {
      if (!HOST.matcher(host).matches()) {
        // Not shown: where a password's own @ or / is not encoded, this is a part of it.
        throw new IllegalArgumentException(
            "names a host that is none (a Unix socket is not used here); special characters of a"
                + " password are written as %40 and the like");
      }
    }
    return hosts;
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        if (equals < 0 || !(PARAMETERS.containsKey(name) || OWN.contains(name))) {
          throw new IllegalArgumentException(
              "has a parameter that is not known here"
                  + (name.matches("[A-Za-z_]+")
                      ? ": " + name + Suggestion.among(PARAMETERS.keySet(), name)
                      : ""));
        }
        parameters.put(name, decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String query(Map<String, String> parameters) {
    return parameters.isEmpty()
        ? ""
        : parameters.entrySet().stream()
            .map(entry -> PARAMETERS.get(entry.getKey()) + "=" + encoded(value(entry)))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String value(Map.Entry<String, String> parameter) {
    if (!parameter.getKey().equals("target_session_attrs")) {
      return parameter.getValue();
    }
    String target = TARGETS.get(parameter.getValue());
    if (target == null) {
      throw new IllegalArgumentException(
          "asks for target_session_attrs=%s, but Tollgate writes: read-write, primary or any"
              .formatted(parameter.getValue()));
    }
    return target;
  }

  /** Percent-decoding alone: unlike in a form, a plus is a plus. */
  private static String decoded(@Nullable String text) {
    try {
      return text == null
          ? ""
          : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "has a % that is not followed by two hexadecimal digits; a % itself is written %25");
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
