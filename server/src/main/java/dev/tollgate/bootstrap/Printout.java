package dev.tollgate.bootstrap;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How an answer is shown: for people as lines and tables, or as JSON. */
record Printout(PrintWriter out, boolean json) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** One thing: a field a line. */
  void one(JsonNode thing) {
    if (json) {
      out.println(JSON.writeValueAsString(thing));
    } else {
      int width = thing.propertyNames().stream().mapToInt(String::length).max().orElse(0);
      for (Map.Entry<String, JsonNode> field : thing.properties()) {
        out.println(padded(field.getKey(), width) + "  " + text(field.getValue()));
      }
    }
    out.flush();
  }

  /** Many things: one a line, {@code columns} of them. */
  void many(List<JsonNode> things, String... columns) {
    if (json) {
      out.println(JSON.writeValueAsString(things));
    } else {
      table(things, columns);
    }
    out.flush();
  }

  /** What was done; not a word where JSON is asked for. */
  void done(String what) {
    if (!json) {
      out.println(what);
      out.flush();
    }
  }

  private void table(List<JsonNode> things, String... columns) {
    int[] widths = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      String column = columns[i];
      widths[i] =
          things.stream()
              .mapToInt(thing -> text(thing.path(column)).length())
              .reduce(column.length(), Math::max);
    }
    StringBuilder heading = new StringBuilder();
    for (int i = 0; i < columns.length; i++) {
      heading.append(padded(columns[i], widths[i])).append("  ");
    }
    out.println(heading.toString().stripTrailing());
    for (JsonNode thing : things) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns.length; i++) {
        line.append(padded(text(thing.path(columns[i])), widths[i])).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String text(JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      return "-";
    }
    return value.isString() ? value.stringValue() : value.toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
