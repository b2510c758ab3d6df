package dev.tollgate.catalogue;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A place as the table keeps it. */
final class PlaceText {

  private PlaceText() {}

  static Map<String, Object> of(Place place) {
    return switch (place) {
      case Place.Url(URI url, boolean sse) -> Map.of("url", url.toString(), "sse", sse);
      case Place.Command(List<String> command, Map<String, String> environment) ->
          Map.of("command", command, "environment", environment);
    };
  }

  static Place read(JsonNode node) {
    if (node.has("url")) {
      return new Place.Url(
          URI.create(node.get("url").stringValue()), node.get("sse").booleanValue());
    }
    List<String> command = new ArrayList<>();
    node.get("command").forEach(word -> command.add(word.stringValue()));
    Map<String, String> environment = new LinkedHashMap<>();
    JsonNode variables = node.get("environment");
    variables
        .propertyNames()
        .forEach(name -> environment.put(name, variables.get(name).stringValue()));
    return new Place.Command(command, environment);
  }
}
