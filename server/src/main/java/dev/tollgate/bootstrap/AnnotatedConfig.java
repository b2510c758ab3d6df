package dev.tollgate.bootstrap;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;

/** The configuration file with every key, its default and what it is for. */
final class AnnotatedConfig {

  private static final String HEAD =
      """
      # The configuration of Tollgate, with every key and its default.
      #
      # Strings may hold ${NAME}, ${NAME:-default} and ${file:/path}; $${ is a plain ${.
      # Durations are written 250ms, 5s, 10m; sizes 64KiB, 32MiB. A key of a single value is
      # overruled by an environment variable: listen.port by TOLLGATE_LISTEN_PORT.
      """;

  private final StringBuilder text = new StringBuilder(HEAD);

  private AnnotatedConfig() {}

  /** The file's text; read back, it is the default configuration. */
  static String text() {
    AnnotatedConfig file = new AnnotatedConfig();
    file.section(Config.class, "");
    return file.text.toString();
  }

  private void section(Class<?> section, String indent) {
    for (RecordComponent component : section.getRecordComponents()) {
      Key key = ConfigKeys.key(component);
      if (indent.isEmpty()) {
        text.append('\n');
      }
      comment(key.about(), indent + "# ");
      entry(component, key, indent);
    }
  }

  private void entry(RecordComponent component, Key key, String indent) {
    String name = ConfigKeys.name(component);
    Class<?> type = component.getType();
    boolean commented = indent.contains("#");
    if (!key.preset().isEmpty()) {
      line(indent + name + ": " + key.preset());
    } else if (!key.example().isEmpty()) {
      example(component, name, key.example(), commented ? indent : indent + "# ");
    } else if (type.isAnnotationPresent(Section.class)) {
      String inner = ConfigKeys.optional(component) && !commented ? indent + "# " : indent;
      line(inner + name + ":");
      section(type, inner + "  ");
    }
  }

  private void example(RecordComponent component, String name, String example, String indent) {
    if (example.contains("\n") || component.getGenericType() instanceof ParameterizedType) {
      line(indent + name + ":");
      example.lines().forEach(line -> line(indent + "  " + line));
    } else {
      line(indent + name + ": " + example);
    }
  }

  private void comment(String about, String prefix) {
    about.lines().forEach(line -> line(prefix + line));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
