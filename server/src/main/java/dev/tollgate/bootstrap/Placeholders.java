package dev.tollgate.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills in <code>${NAME}</code>, <code>${NAME:-default}</code> and <code>${file:/path}</code>;
 * <code>$${</code> stands for <code>${</code> itself.
 *
 * @param home what a file's relative path starts from
 */
record Placeholders(Map<String, String> environment, Path home) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)}");
  private static final Pattern VARIABLE =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", Pattern.DOTALL);
  private static final String FILE = "file:";

  /**
   * {@code text} with its placeholders filled in.
   *
   * @throws IllegalArgumentException that says which variable or file is missing
   */
  String fill(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1))));
  }

  private String value(@Nullable String name) {
    if (name == null) {
      return "${";
    }
    return name.startsWith(FILE) ? content(name.substring(FILE.length())) : variable(name);
  }

  private String variable(String name) {
    Matcher parts = VARIABLE.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "${" + name + "} is neither ${NAME}, ${NAME:-default} nor ${file:/path}");
    }
    String value = environment.get(parts.group(1));
    if (value != null && !value.isEmpty()) {
      return value;
    }
    String preset = parts.group(2);
    if (preset == null) {
      throw new IllegalArgumentException(
          "the environment variable "
              + parts.group(1)
              + (value == null ? " is not set" : " is empty"));
    }
    return preset;
  }

  private String content(String file) {
    try {
      return Files.readString(home.resolve(file)).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException("the file " + file + " cannot be read", e);
    }
  }
}
