package dev.tollgate.models;

import dev.tollgate.objects.ObjectKind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;

/**
 * What an answer gives out that a later request can name, and how often its provider's own search
 * was used; read token by token as the answer passes.
 *
 * <p>Only where the provider itself writes an id is it taken for one: a model, or a server that it
 * asks, could be made to write another tenant's.
 */
final class AnswerItems {

  /** More than any answer has; what comes after is not kept, and cannot be named later. */
  static final int MOST = 2_048;

  private static final Set<String> LEAVES = Set.of("id", "file_id", "container_id");

  /** Of an item of a response; a star is an element of a list. */
  private static final Set<String> OF_ITEM =
      Set.of(
          "id",
          "container_id",
          "environment/container_id",
          "results/*/file_id",
          "content/*/annotations/*/file_id",
          "content/*/annotations/*/container_id");

  private static final Set<String> OF_RESPONSE = Set.of("id", "conversation/id");

  /** Of a block of Messages: what tools that run at the provider have made. */
  private static final String OF_BLOCK = "content/content/*/file_id";

  /** A tool with a price of its own for each search. */
  private static final String PREVIEW = "web_search_preview";

  private final Surface surface;
  private final boolean message;
  private final Map<String, ObjectKind> given = new LinkedHashMap<>();
  private final @Nullable String searchTool;
  private int searches;
  private int notSearched;
  private int fileSearches;
  private boolean counting = true;

  /**
   * @param message whether the message's own id is one that is used
   * @param searchTool the tool for searches that the request has, where it is billed by its own
   *     price
   */
  AnswerItems(Surface surface, boolean message, @Nullable String searchTool) {
    this.surface = surface;
    this.message = message;
    this.searchTool = searchTool;
  }

  /** For the answer to a request; null: it gives out nothing that lasts. */
  static @Nullable AnswerItems of(Surface surface, Envelope envelope) {
    boolean lasting =
        switch (surface) {
          case RESPONSES -> true;
          case CHAT_COMPLETIONS -> envelope.span("audio") != null;
          case MESSAGES ->
              envelope.span("container") != null
                  || envelope.span("diagnostics") != null
                  || !envelope.shape().terms().hostedTools().isEmpty();
          case COUNT_TOKENS, EMBEDDINGS -> false;
        };
    return lasting
        ? new AnswerItems(surface, envelope.span("diagnostics") != null, searchTool(envelope))
        : null;
  }

  private static @Nullable String searchTool(Envelope envelope) {
    return envelope.shape().terms().hostedTools().keySet().stream()
        .filter(tool -> tool.startsWith(PREVIEW))
        .findFirst()
        .orElse(null);
  }

  /** The ids, each with what it is, in their order. */
  Map<String, ObjectKind> given() {
    return given;
  }

  /** Searches that are billed as such: what opens or reads a page is not. */
  int searches() {
    return searchTool == null ? billedSearches() : 0;
  }

  private int billedSearches() {
    return Math.max(0, searches - notSearched);
  }

  /** Uses of other tools that are billed by use, by the tool's name. */
  Map<String, Integer> uses() {
    Map<String, Integer> uses = new HashMap<>();
    if (fileSearches > 0) {
      uses.put("file_search", fileSearches);
    }
    if (searchTool != null && billedSearches() > 0) {
      uses.put(searchTool, billedSearches());
    }
    return uses;
  }

  /** Reads on to the end of the object that the parser stands on. */
  void read(JsonParser parser) {
    int depth = 0;
    for (JsonToken token = parser.currentToken(); token != null; token = parser.nextToken()) {
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      token(parser, token);
      if (depth == 0) {
        return;
      }
    }
  }

  /** Looks at one token. */
  void token(JsonParser parser, JsonToken token) {
    if (token != JsonToken.VALUE_STRING) {
      return;
    }
    String name = parser.currentName();
    if (name == null) {
      return;
    }
    if (LEAVES.contains(name)) {
      String id = parser.getString();
      ObjectKind kind = kind(path(parser.streamReadContext()), name);
      if (kind != null && id.length() <= ObjectNames.LONGEST && given.size() < MOST) {
        given.putIfAbsent(id, kind);
      }
    } else if (name.equals("type") && surface == Surface.RESPONSES) {
      count(path(parser.streamReadContext()), parser.getString());
    }
  }

  private @Nullable ObjectKind kind(String path, String leaf) {
    boolean ours =
        switch (surface) {
          case RESPONSES -> ofResponses(path);
          case CHAT_COMPLETIONS ->
              path.equals("choices/*/message/audio/id") || path.equals("choices/*/delta/audio/id");
          case MESSAGES -> ofMessages(path);
          case COUNT_TOKENS, EMBEDDINGS -> false;
        };
    return ours ? kindOf(path, leaf) : null;
  }

  private ObjectKind kindOf(String path, String leaf) {
    if (!leaf.equals("id")) {
      return leaf.equals("file_id") ? ObjectKind.FILE : ObjectKind.CONTAINER;
    }
    return switch (without("response/", without("message/", without("delta/", path)))) {
      case "id" -> surface == Surface.RESPONSES ? ObjectKind.RESPONSE : ObjectKind.MESSAGE;
      case "container/id" -> ObjectKind.CONTAINER;
      case "conversation/id" -> ObjectKind.CONVERSATION;
      default -> surface == Surface.RESPONSES ? ObjectKind.ITEM : ObjectKind.AUDIO;
    };
  }

  private static boolean ofResponses(String path) {
    String item = item(path);
    return item != null ? OF_ITEM.contains(item) : OF_RESPONSE.contains(without("response/", path));
  }

  /** What of {@code path} is below an item of a response, in an event or in the whole. */
  private static @Nullable String item(String path) {
    for (String prefix : new String[] {"item/", "output/*/", "response/output/*/"}) {
      if (path.startsWith(prefix)) {
        return path.substring(prefix.length());
      }
    }
    return null;
  }

  private boolean ofMessages(String path) {
    return switch (path) {
      case "container/id", "message/container/id", "delta/container/id" -> true;
      case "id", "message/id" -> message;
      default ->
          path.equals("content_block/" + OF_BLOCK)
              || without("message/", path).equals("content/*/" + OF_BLOCK);
    };
  }

  private static String without(String prefix, String path) {
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  /** The last event of a stream tells of all items again. */
  void recount() {
    searches = 0;
    notSearched = 0;
    fileSearches = 0;
  }

  /** Whether an item of an answer has begun. */
  boolean made() {
    return given.containsValue(ObjectKind.ITEM);
  }

  /** Whether items are to be counted that come now. */
  void counting(boolean now) {
    counting = now;
  }

  private void count(String path, String type) {
    String item = counting ? item(path) : null;
    if ("type".equals(item)) {
      searches += type.equals("web_search_call") ? 1 : 0;
      fileSearches += type.equals("file_search_call") ? 1 : 0;
    } else if ("action/type".equals(item)
        && (type.equals("open_page") || type.equals("find_in_page") || type.equals("find"))) {
      notSearched++;
    }
  }

  private static String path(TokenStreamContext at) {
    StringBuilder path = new StringBuilder();
    for (TokenStreamContext context = at; context != null; context = context.getParent()) {
      String step = context.inArray() ? "*" : context.inObject() ? context.currentName() : null;
      if (step != null) {
        path.insert(0, path.isEmpty() ? step : step + "/");
      }
    }
    return path.toString();
  }
}
