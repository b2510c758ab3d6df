package dev.tollgate.litellm;

import java.util.Locale;

/** Values as Tollgate's file has them: literal, or <code>${NAME}</code> for a variable. */
final class Reference {

  private static final String ENVIRONMENT = "os.environ/";

  private Reference() {}

  static boolean isVariable(String value) {
    return value.startsWith(ENVIRONMENT);
  }

  /** The name of the variable that {@code value} is. */
  static String name(String value) {
    return value.substring(ENVIRONMENT.length());
  }

  /** A value that is no secret. */
  static String plain(String value) {
    return isVariable(value) ? "${" + name(value) + "}" : value.replace("${", "$${");
  }

  /** A name of a variable, of any text. */
  static String variableName(String... parts) {
    return String.join("_", parts).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
  }
}
