package dev.tollgate.bootstrap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads YAML into {@link ConfigNode}s, which know their lines. */
final class YamlTree {

  private static final YAMLMapper YAML = new YAMLMapper();

  private static final Pattern PLACE = Pattern.compile("line (\\d+), column \\d+");
  private static final Pattern TROUBLE =
      Pattern.compile("found|expected|could not|cannot|not allowed|unacceptable");

  private final Consumer<String> problems;

  private YamlTree(Consumer<String> problems) {
    this.problems = problems;
  }

  /** The mapping that {@code text} is; what is wrong with it goes to {@code problems}. */
  static ConfigNode.Mapping read(String text, Consumer<String> problems) {
    Map<String, ConfigNode> none = new LinkedHashMap<>();
    try (JsonParser parser = YAML.createParser(text)) {
      if (parser.nextToken() == null) {
        return new ConfigNode.Mapping(none, "line 1");
      }
      ConfigNode root = new YamlTree(problems).node(parser, where(parser));
      if (parser.nextToken() != null) {
        problems.accept(where(parser) + ": a second document; one file holds one configuration");
      }
      if (root instanceof ConfigNode.Mapping mapping) {
        return mapping;
      }
      if (!(root instanceof ConfigNode.Nothing)) {
        problems.accept(root.where() + ": keys and values are expected, such as listen:");
      }
    } catch (JacksonException e) {
      problems.accept(unreadable(e));
    }
    return new ConfigNode.Mapping(none, "line 1");
  }

  /** The parser tells last what it cannot go on with, and before that where it was. */
  private static String unreadable(JacksonException e) {
    List<String> said = e.getOriginalMessage().lines().map(String::strip).toList();
    Matcher place = PLACE.matcher(e.getOriginalMessage());
    String line =
        e.getLocation() == null ? "1" : String.valueOf(Math.max(1, e.getLocation().getLineNr()));
    while (place.find()) {
      line = place.group(1);
    }
    String what =
        said.stream()
            .filter(each -> TROUBLE.matcher(each).find())
            .reduce((first, last) -> last)
            .orElse(said.isEmpty() ? "" : said.getFirst());
    String tab = what.contains("'\\t") ? "; indent with blanks, not with tabs" : "";
    return "line " + line + ": this is not YAML: " + what + tab;
  }

  /** What a key at {@code begins} has; a mapping below it is where its key is. */
  private ConfigNode node(JsonParser parser, String begins) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(parser, begins);
      case START_ARRAY -> sequence(parser, begins);
      case VALUE_NULL -> new ConfigNode.Nothing(where(parser));
      default -> scalar(parser, where(parser));
    };
  }

  private ConfigNode scalar(JsonParser parser, String where) {
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      problems.accept(where + ": anchors and aliases are not read here; write the value out");
    }
    return new ConfigNode.Scalar(parser.getString(), false, where);
  }

  private ConfigNode mapping(JsonParser parser, String where) {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String at = where(parser);
      parser.nextToken();
      if (entries.put(key, node(parser, at)) != null) {
        problems.accept(at + ": " + key + " is there twice");
      }
    }
    return new ConfigNode.Mapping(entries, where);
  }

  private ConfigNode sequence(JsonParser parser, String where) {
    List<ConfigNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser, where(parser)));
    }
    return new ConfigNode.Sequence(items, where);
  }

  private static String where(JsonParser parser) {
    return "line " + parser.currentTokenLocation().getLineNr();
  }
}
