package dev.tollgate.toolcache;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a result says of being kept, in the fields of its outermost object.
 *
 * @param keepable not an error, not a question to the client, not an empty list
 * @param ttl the upstream's {@code ttlMs}; null where it says none (MCP 2026-07-28, caching)
 * @param personal whether its {@code cacheScope} is {@code private}
 */
record ResultScan(boolean keepable, @Nullable Duration ttl, boolean personal) {

  private static final ResultScan NOT = new ResultScan(false, null, false);
  private static final Set<String> LISTS =
      Set.of("tools", "resources", "resourceTemplates", "prompts", "contents");
  private static final JsonFactory JSON = new JsonFactory();

  static ResultScan of(byte[] result) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), result)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? fields(parser) : NOT;
    } catch (JacksonException unreadable) {
      return NOT;
    }
  }

  private static ResultScan fields(JsonParser parser) {
    Duration ttl = null;
    boolean personal = false;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      boolean excluded =
          switch (name) {
            case "isError" -> value != JsonToken.VALUE_FALSE;
            case "resultType" ->
                value != JsonToken.VALUE_STRING || !parser.getString().equals("complete");
            default ->
                LISTS.contains(name)
                    && value == JsonToken.START_ARRAY
                    && parser.nextToken() == JsonToken.END_ARRAY;
          };
      if (excluded) {
        return NOT;
      }
      if (name.equals("ttlMs") && value == JsonToken.VALUE_NUMBER_INT) {
        ttl = millis(parser);
      } else if (name.equals("cacheScope") && value == JsonToken.VALUE_STRING) {
        personal = parser.getString().equals("private");
      }
      skip(parser, value, name);
    }
    return new ResultScan(true, ttl, personal);
  }

  private static Duration millis(JsonParser parser) {
    try {
      long millis = parser.getLongValue();
      return Duration.ofMillis(Math.clamp(millis, 0, Freshness.LONGEST.toMillis()));
    } catch (JacksonException beyondLong) {
      return Freshness.LONGEST;
    }
  }

  /** Behind the value that {@code first} began; of a list that was looked into, behind its end. */
  private static void skip(JsonParser parser, JsonToken first, String name) {
    if (first == JsonToken.START_ARRAY && LISTS.contains(name)) {
      for (JsonToken token = parser.currentToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        parser.skipChildren();
      }
    } else {
      parser.skipChildren();
    }
  }
}
