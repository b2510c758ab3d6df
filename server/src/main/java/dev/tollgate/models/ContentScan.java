package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.CallShape.CacheWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

  /** Members that hold what the caller likes: text to the model, or nothing to it at all. */
  private static final Set<String> FREE =
      Set.of(
          "input",
          "input_schema",
          "input_examples",
          "output_schema",
          "parameters",
          "schema",
          "arguments",
          "metadata",
          "attributes",
          "headers");

  /** Items of a conversation that are all there in the body, even where they have an id. */
  private static final Set<String> COMPLETE =
      Set.of(
          "message",
          "function_call",
          "function_call_output",
          "custom_tool_call",
          "custom_tool_call_output");

  /** What an item of another kind says in full. */
  private static final Set<String> CONTENT = Set.of("content", "encrypted_content");

  private static final String OPAQUE = "";

  /** Members that list the turns of a conversation. */
  private static final Set<String> TURNS = Set.of("messages", "input");

  /** Where tools are defined: a turn may bring more of them. */
  private static final Set<String> IN_TOOLS = Set.of("tools", "input");

  /** More objects than any conversation names: each is looked up. */
  private static final int MOST_OBJECTS = 10_000;

  /** Members whose URL may carry the data itself. */
  private static final Set<String> EMBEDDING = Set.of("image_url", "file", "source");

  private final Map<String, Integer> hostedTools = new HashMap<>();

  private final Set<String> brought = new HashSet<>(0);

  private boolean bringing;
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
  private final Opening opening = new Opening();
  private final List<NamedObject> objects = new ArrayList<>(0);

  /** What an object inside {@code messages}, {@code system} or {@code tools} said so far. */
  private static final class Frame {
    private final String under;
    private @Nullable NamedObject item;
    private @Nullable NamedObject skill;
    private boolean content;
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
      if (token == JsonToken.VALUE_STRING && ObjectNames.names(name)) {
        add(named(parser));
      }
      nested(parser, token, name, "");
      if (TURNS.contains(name)) {
        opening.endOfTurn();
      }
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
        if (next == JsonToken.VALUE_STRING && !member.equals(OPAQUE) && ObjectNames.names(under)) {
          add(named(parser));
        }
        nested(parser, next, member, under);
      }
    } else if (token == JsonToken.VALUE_STRING) {
      parser.getStringLength();
    } else if (token == JsonToken.VALUE_NUMBER_INT && member.equals("input")) {
      numbers++;
    }
  }

  /**
   * Reads an object that is the member {@code name} of the top-level object. Of those that are free
   * further down, none but {@code metadata} is so there: {@code input} is the conversation itself.
   */
  void object(JsonParser parser, String name) {
    object(parser, name.equals("metadata") ? OPAQUE : name, name);
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
      if (opening.isOpen() && token == JsonToken.VALUE_STRING && TURNS.contains(member)) {
        opening.told(parser, name, under);
      }
      if (token == JsonToken.VALUE_STRING && !member.equals(OPAQUE)) {
        naming(parser, frame, member, name);
      }
      frame.content |= token != JsonToken.VALUE_NULL && CONTENT.contains(name);
      if (token == JsonToken.START_ARRAY && isTools(frame, member, name)) {
        toolsOfItem(parser);
        continue;
      }
      if (token == JsonToken.START_OBJECT && isDefinition(frame, member, name)) {
        bring(parser, token);
        continue;
      }
      nested(parser, token, FREE.contains(name) ? OPAQUE : member, name);
    }
    if (frame.type != null && !member.equals(OPAQUE)) {
      close(frame, frame.type, member);
    }
    objects(frame);
  }

  /** Whether an item of the conversation brings tools, as a search for some finds them. */
  private static boolean isTools(Frame frame, String member, String name) {
    return member.equals("input") && frame.under.isEmpty() && name.equals("tools");
  }

  /** They are the model's to use like those at the top, and cost the same. */
  private void toolsOfItem(JsonParser parser) {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      bring(parser, token);
    }
  }

  /** Whether a turn of Messages adds a tool, as its {@code tool_addition} does by value. */
  private static boolean isDefinition(Frame frame, String member, String name) {
    return member.equals("messages") && frame.under.equals("tool") && name.equals("definition");
  }

  private void bring(JsonParser parser, JsonToken token) {
    bringing = true;
    tools++;
    nested(parser, token, "tools", "tools");
    bringing = false;
  }

  private void naming(JsonParser parser, Frame frame, String member, String name) {
    if (name.equals(ObjectNames.ID) && member.equals("input") && frame.under.isEmpty()) {
      frame.item = after(frame.item, parser);
    } else if (name.equals("skill_id")) {
      frame.skill = after(frame.skill, parser);
    } else if (isId(frame, member, name)) {
      add(named(parser));
    }
  }

  /** The id that is read now; one that stood in its place before is named all the same. */
  private NamedObject after(@Nullable NamedObject before, JsonParser parser) {
    if (before != null) {
      add(before);
    }
    return named(parser);
  }

  private static boolean isId(Frame frame, String member, String name) {
    if (name.equals(ObjectNames.ID)) {
      return ObjectNames.owns(frame.under);
    }
    // Variables of a prompt may have any name.
    boolean named = ObjectNames.names(name) && !frame.under.equals("variables");
    return named || (name.equals("container") && IN_TOOLS.contains(member));
  }

  /** What only the whole object tells. */
  private void objects(Frame frame) {
    // A skill of Anthropic's own is everybody's.
    if (frame.skill != null && !"anthropic".equals(frame.type)) {
      add(frame.skill);
    }
    if (frame.item != null) {
      add(frame.item);
      boolean stated = frame.type == null || frame.type.equals("reasoning");
      external |= stated ? !frame.content : !COMPLETE.contains(frame.type);
    }
  }

  /** Reads the id that is the member {@code name} of the top-level object. */
  void top(JsonParser parser, String name) {
    if (ObjectNames.onTop(name)) {
      add(named(parser));
    }
  }

  private void add(NamedObject object) {
    if (ObjectNames.isPublic(object.id())) {
      return;
    }
    if (objects.size() == MOST_OBJECTS) {
      throw Failure.invalid(
          object.field(), "the body names more than " + MOST_OBJECTS + " objects of a provider");
    }
    objects.add(object);
  }

  private static NamedObject named(JsonParser parser) {
    String field = field(parser.streamReadContext().pathAsPointer().toString());
    if (parser.getStringLength() > ObjectNames.LONGEST) {
      throw Failure.invalid(
          field, field + " is longer than " + ObjectNames.LONGEST + " characters: no id is");
    }
    return new NamedObject(field, parser.getString());
  }

  /** From a pointer, as {@code /input/0/id}, to {@code input[0].id}. */
  private static String field(String pointer) {
    StringBuilder field = new StringBuilder();
    for (String part : pointer.substring(1).split("/", -1)) {
      if (!part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        field.append('[').append(part).append(']');
      } else {
        field.append(field.isEmpty() ? "" : ".").append(part);
      }
    }
    return field.toString();
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
  static Span here(JsonParser parser) {
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
      case "container_upload", "item_reference" -> external = true;
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
      if (bringing) {
        brought.add(type);
      }
      hostedTools.merge(
          type, frame.maxUses, (one, other) -> one < 0 || other < 0 ? -1 : one + other);
    }
  }

  List<Span> opening() {
    return opening.texts();
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

  List<NamedObject> objects() {
    return objects;
  }

  /** Of {@link #hostedTools}, those that items of the conversation brought. */
  Set<String> broughtTools() {
    return Set.copyOf(brought);
  }

  Map<String, Integer> hostedTools() {
    return Map.copyOf(hostedTools);
  }
}
