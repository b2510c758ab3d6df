package dev.tollgate.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The responses that were made, each known only to the key that it was made with. The latest 10,000
 * stay. Safe for any thread.
 */
final class StoredResponses {

  private static final int MOST = 10_000;

  private final Map<String, Stored> stored =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Stored> eldest) {
          return size() > MOST;
        }
      };

  private final Map<String, String> owners =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > 10 * MOST;
        }
      };

  private record Stored(String key, ObjectNode response, JsonNode input) {}

  /** Keeps a response and what it answers, for {@code key} alone. */
  synchronized void keep(String key, ObjectNode response, JsonNode input) {
    stored.put(Json.text(response.path("id")), new Stored(key, response, input));
    for (JsonNode item : response.path("output").values()) {
      own(item.path("id"), key);
      own(item.path("container_id"), key);
      for (JsonNode part : item.path("content").values()) {
        part.path("annotations").values().forEach(note -> own(note.path("file_id"), key));
      }
    }
  }

  private void own(JsonNode id, String key) {
    if (id.isString()) {
      owners.put(id.stringValue(), key);
    }
  }

  /** Refuses a request that names what {@code key} did not make. */
  synchronized void check(String key, ObjectNode body) {
    String previous = Json.text(body.path("previous_response_id"));
    if (!previous.isEmpty() && of(key, previous) == null) {
      throw Refusal.of(404, "Previous response with id '" + previous + "' not found.");
    }
    for (JsonNode item : body.path("input").values()) {
      known(key, Json.text(item.path("id")));
      item.path("content").values().forEach(part -> known(key, Json.text(part.path("file_id"))));
    }
    for (JsonNode tool : body.path("tools").values()) {
      known(key, Json.text(tool.path("container")));
    }
  }

  private void known(String key, String id) {
    if (!id.isEmpty() && !key.equals(owners.get(id))) {
      throw Refusal.of(404, "Item with id '" + id + "' not found.");
    }
  }

  /** The response, if {@code key} made it; null: it is not there. */
  synchronized @Nullable ObjectNode of(String key, String id) {
    Stored found = stored.get(id);
    return found != null && found.key().equals(key) ? found.response() : null;
  }

  /** What a response answers, as a list of items. */
  synchronized ObjectNode input(String key, String id) {
    Stored found = stored.get(id);
    if (found == null || !found.key().equals(key)) {
      throw missing(id);
    }
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    if (found.input().isArray()) {
      found.input().values().forEach(data::add);
    } else {
      ObjectNode item = data.addObject().put("id", "msg_input").put("type", "message");
      item.put("role", "user")
          .putArray("content")
          .addObject()
          .put("type", "input_text")
          .put("text", Json.text(found.input()));
    }
    return list.put("first_id", "").put("last_id", "").put("has_more", false);
  }

  synchronized void remove(String key, String id) {
    if (of(key, id) == null) {
      throw missing(id);
    }
    stored.remove(id);
  }

  static Refusal missing(String id) {
    return Refusal.of(404, "Response with id '" + id + "' not found.");
  }

  synchronized void clear() {
    stored.clear();
    owners.clear();
  }
}
