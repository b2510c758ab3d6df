package dev.tollgate.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the last user message asks of the simulator, in double brackets. */
final class Directives {

  private static final Pattern SETTINGS = Pattern.compile("\\[\\[sim:([^\\]]*)\\]\\]");
  private static final Pattern TOOL = Pattern.compile("\\[\\[tool(?::\\s*([^\\]\\s]*)\\s*)?\\]\\]");

  private Directives() {}

  /** The settings of every {@code [[sim: key=value key=value]]}. */
  static Settings settings(String text) {
    Settings found = Settings.NONE;
    if (text.contains("[[sim:")) {
      Matcher matcher = SETTINGS.matcher(text);
      while (matcher.find()) {
        found = found.with(Settings.parse(matcher.group(1)));
      }
    }
    return found;
  }

  /** Whether there is a {@code [[tool]]} or {@code [[tool: name]]}. */
  static boolean asksForTool(String text) {
    return TOOL.matcher(text).find();
  }

  /** The name in {@code [[tool: name]]}; empty: none. */
  static String toolName(String text) {
    Matcher matcher = TOOL.matcher(text);
    String name = matcher.find() ? matcher.group(1) : null;
    return name == null ? "" : name;
  }

  /** The text without its directives, as an answer may repeat it. */
  static String strip(String text) {
    return TOOL.matcher(SETTINGS.matcher(text).replaceAll("")).replaceAll("").strip();
  }
}
