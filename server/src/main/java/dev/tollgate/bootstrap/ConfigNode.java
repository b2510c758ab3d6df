package dev.tollgate.bootstrap;

import java.util.List;
import java.util.Map;

/** A part of the configuration as it was written, and where. */
sealed interface ConfigNode {

  /** {@code line 12}, or the name of the environment variable that it came from. */
  String where();

  /** A key without a value. */
  record Nothing(String where) implements ConfigNode {}

  /**
   * A single value.
   *
   * @param literal whether placeholders in it mean nothing
   */
  record Scalar(String text, boolean literal, String where) implements ConfigNode {}

  record Sequence(List<ConfigNode> items, String where) implements ConfigNode {}

  /** Keys and values in their order; environment variables add to it. */
  record Mapping(Map<String, ConfigNode> entries, String where) implements ConfigNode {}
}
