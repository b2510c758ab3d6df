package dev.tollgate.spend;

import java.util.regex.Pattern;

/**
 * Which names mean the same model. A dated snapshot is its model by the date alone, never by a
 * prefix: {@code claude-sonnet-5-5} is no snapshot of {@code claude-sonnet-5}.
 */
final class ModelNames {

  private static final Pattern DATE =
      Pattern.compile("[-@]20\\d\\d(?:(?:0[1-9]|1[0-2])[0-3]\\d|-(?:0[1-9]|1[0-2])-[0-3]\\d)$");
  private static final Pattern TOOL_VERSION = Pattern.compile("_20\\d\\d_?\\d\\d_?\\d\\d$");

  private ModelNames() {}

  /** {@code name} without the date of a snapshot, such as {@code -20260701}; or as it is. */
  static String withoutDate(String name) {
    return DATE.matcher(name).replaceFirst("");
  }

  /** {@code web_search_20250305} and {@code web_search_2025_08_26} are {@code web_search}. */
  static String withoutToolVersion(String name) {
    return TOOL_VERSION.matcher(name).replaceFirst("");
  }
}
