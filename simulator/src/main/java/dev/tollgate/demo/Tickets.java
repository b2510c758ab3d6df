package dev.tollgate.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two tools, one that looks and one that changes, and how often each was called. */
final class Tickets {

  static final String READ = "get_ticket";
  static final String WRITE = "update_ticket";

  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNode LISTED =
      JSON.readTree(
          """
          {"tools": [
            {"name": "get_ticket", "description": "Looks a ticket up",
             "annotations": {"readOnlyHint": true},
             "inputSchema": {"type": "object", "required": ["number"],
               "properties": {"number": {"type": "integer"}}}},
            {"name": "update_ticket", "description": "Sets a ticket's state",
             "annotations": {"readOnlyHint": false},
             "inputSchema": {"type": "object", "required": ["number", "state"],
               "properties": {"number": {"type": "integer"}, "state": {"type": "string"}}}}]}
          """);

  private final Map<Integer, String> states = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** Reads that were asked for since the start. */
  int reads() {
    return reads.get();
  }

  /** Writes that were asked for since the start. */
  int writes() {
    return writes.get();
  }

  /** From now on answers wait. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  /** Lets all that wait go, and all that come. */
  void release() {
    gate.countDown();
  }

  /** The tools, as {@code tools/list} gives them. */
  static JsonNode listed() {
    return LISTED;
  }

  /** What a tool answers; null: there is none of that name. */
  @Nullable JsonNode call(String tool, JsonNode arguments) {
    int number = arguments.path("number").asInt(0);
    return switch (tool) {
      case READ -> {
        reads.incrementAndGet();
        await();
        yield text(states.getOrDefault(number, "open"));
      }
      case WRITE -> {
        writes.incrementAndGet();
        await();
        String state = arguments.path("state").asString("");
        states.put(number, state);
        yield text(state);
      }
      default -> null;
    };
  }

  private void await() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unexpected("interrupted while an answer was held", e);
    }
  }

  private static JsonNode text(String words) {
    var result = JSON.createObjectNode();
    result.putArray("content").addObject().put("type", "text").put("text", words);
    return result;
  }
}
