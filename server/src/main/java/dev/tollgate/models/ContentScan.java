package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.CallShape.CacheWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Counts what costs or binds inside the members of a request's body: turns, tools, images,
 * documents, embedded data. Nothing is kept of what they say.
 */
final class ContentScan {

  /** What is said of an object's kind and size; twice is refused, since the last would win. */
  private static final List<String> TELLING =
      List.of("type", "data", "url", "file_data", "ttl", "max_uses", "file_id");

  /** Members whose content is text to the model, whatever it looks like. */
  private static final Set<String> MODEL_TEXT =
      Set.of("input", "input_schema", "parameters", "schema", "arguments");

  private static final String OPAQUE = "";

  /** Members whose URL may carry the data itself. */
  private static final Set<String> EMBEDDING = Set.of("image_url", "file", "source");

  private final Map<String, Integer> hostedTools = new HashMap<>();

  private int messages;
  private int inputs;
  private int numbers;
  private boolean otherThanNumbers;
  private int tools;
  private int images;
  private int documents;
  private int audios;
  private long embedded;
  private final List<Span> embeds = new ArrayList<>(0);
  private boolean external;
  private boolean thinkingBlocks;
  private CacheWrite cacheWrite = CacheWrite.NONE;

  /** What an object inside {@code messages}, {@code system} or {@code tools} said so far. */
  private static final class Frame {
    private final String under;
    private @Nullable String type;
    private @Nullable String ttl;
    private @Nullable Span data;
    private long dataLength;
    private int maxUses = -1;
    private int seen;

    Frame(String under) {
      this.under = under;
    }
  }

  /** Reads the elements of a list that is the member {@code name}. */
  void elements(JsonParser parser, String name) {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      switch (name) {
        case "messages" -> messages++;
        case "input" -> inputs++;
        case "tools" -> tools++;
        default -> {}
      }
      nested(parser, token, name, "");
    }
  }

  private void nested(JsonParser parser, JsonToken token, String member, String under) {
    otherThanNumbers |= token == JsonToken.START_OBJECT || token == JsonToken.VALUE_STRING;
    if (token == JsonToken.START_OBJECT) {
      object(parser, member, under);
    } else if (token == JsonToken.START_ARRAY) {
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        nested(parser, next, member, under);
      }
    } else if (token == JsonToken.VALUE_STRING) {
      parser.getStringLength();
    } else if (token == JsonToken.VALUE_NUMBER_INT && member.equals("input")) {
      numbers++;
    }
  }

  /** Reads an object that is the member {@code name}. */
  void object(JsonParser parser, String name) {
    object(parser, MODEL_TEXT.contains(name) ? OPAQUE : name, name);
  }

  private void object(JsonParser parser, String member, String under) {
    Frame frame = new Frame(under);
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      int telling = TELLING.indexOf(name);
      if (telling >= 0 && !member.equals(OPAQUE)) {
        if ((frame.seen & 1 << telling) != 0) {
          throw Failure.invalid(
              member, "an object in " + member + " has the field " + name + " twice");
        }
        frame.seen |= 1 << telling;
        told(parser, frame, name, token);
      }
      nested(parser, token, MODEL_TEXT.contains(name) ? OPAQUE : member, name);
    }
    if (frame.type != null && !member.equals(OPAQUE)) {
      close(frame, frame.type, member);
    }
  }

  private void told(JsonParser parser, Frame frame, String name, JsonToken token) {
    if (token == JsonToken.VALUE_NUMBER_INT && name.equals("max_uses")) {
      frame.maxUses = parser.getIntValue();
    }
    if (token != JsonToken.VALUE_STRING) {
      return;
    }
    switch (name) {
      case "type" -> frame.type = small(parser);
      case "ttl" -> frame.ttl = small(parser);
      case "data" -> {
        frame.dataLength = parser.getStringLength();
        frame.data = here(parser);
      }
      case "url", "file_data" -> {
        if (EMBEDDING.contains(frame.under) && startsWithData(parser)) {
          embedded += parser.getStringLength();
          embeds.add(here(parser));
        }
      }
      case "file_id" -> external = true;
      default -> {}
    }
  }

  /** Where the value stands that has just been read. */
  private static Span here(JsonParser parser) {
    return new Span(
        "",
        0,
        (int) parser.currentTokenLocation().getByteOffset(),
        (int) parser.currentLocation().getByteOffset());
  }

  private static @Nullable String small(JsonParser parser) {
    return parser.getStringLength() <= RequestScan.SCALAR ? parser.getString() : null;
  }

  private static boolean startsWithData(JsonParser parser) {
    int length = parser.getStringLength();
    char[] text = parser.getStringCharacters();
    int from = parser.getStringOffset();
    return length > 5
        && text[from] == 'd'
        && text[from + 1] == 'a'
        && text[from + 2] == 't'
        && text[from + 3] == 'a'
        && text[from + 4] == ':';
  }

  private void close(Frame frame, String type, String member) {
    if (member.equals("tools") && !type.equals("ephemeral")) {
      hosted(frame, type);
      return;
    }
    switch (type) {
      case "image", "image_url", "input_image" -> images++;
      case "document", "input_file" -> documents++;
      case "file" -> documents += frame.under.equals("source") ? 0 : 1;
      case "input_audio" -> audios++;
      case "base64" -> {
        if (frame.data != null && frame.under.equals("source")) {
          embedded += frame.dataLength;
          embeds.add(frame.data);
        }
      }
      case "thinking", "redacted_thinking" -> thinkingBlocks = true;
      case "container_upload" -> external = true;
      case "ephemeral" -> cacheWrite = longer(frame.ttl);
      default -> {}
    }
  }

  private CacheWrite longer(@Nullable String ttl) {
    return "1h".equals(ttl) || cacheWrite == CacheWrite.ONE_HOUR
        ? CacheWrite.ONE_HOUR
        : CacheWrite.FIVE_MINUTES;
  }

  /** A tool with a type other than a function's is the provider's own: it may be billed by use. */
  private void hosted(Frame frame, String type) {
    boolean tool = frame.under.isEmpty() || frame.under.equals("tools");
    if (tool && !type.equals("function") && !type.equals("custom")) {
      hostedTools.merge(
          type, frame.maxUses, (one, other) -> one < 0 || other < 0 ? -1 : one + other);
    }
  }

  int messages() {
    return messages;
  }

  int inputs() {
    return inputs;
  }

  int numbers() {
    return otherThanNumbers ? 0 : numbers;
  }

  int tools() {
    return tools;
  }

  int images() {
    return images;
  }

  int documents() {
    return documents;
  }

  int audios() {
    return audios;
  }

  long embedded() {
    return embedded;
  }

  List<Span> embeds() {
    return embeds;
  }

  boolean external() {
    return external;
  }

  boolean thinkingBlocks() {
    return thinkingBlocks;
  }

  CacheWrite cacheWrite() {
    return cacheWrite;
  }

  Map<String, Integer> hostedTools() {
    return Map.copyOf(hostedTools);
  }
}
