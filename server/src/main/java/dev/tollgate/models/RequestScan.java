package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallShape.CacheWrite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One pass over a request's body: where its members stand, and what of it costs or binds.
 *
 * <p>The whole body is scanned, since a reader that stops at the first {@code model} is fooled by a
 * second one, which is what many providers take. Nothing is kept of prompts. Both dialects nest
 * their content in objects with a {@code type}, so one scan serves both; what the members mean is
 * their room's.
 */
public final class RequestScan {

  private static final int SCALAR = 256;

  /** What is said of an object's kind and size; twice is refused, since the last would win. */
  private static final List<String> TELLING =
      List.of("type", "data", "url", "file_data", "ttl", "max_uses", "file_id");

  /** Members whose content is text to the model, whatever it looks like. */
  private static final Set<String> MODEL_TEXT =
      Set.of("input", "input_schema", "parameters", "schema", "arguments");

  private static final String OPAQUE = "";

  /** Members whose URL may carry the data itself. */
  private static final Set<String> EMBEDDING = Set.of("image_url", "file", "source");

  private static final JsonMapper SMALL =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final byte[] body;
  private final List<Span> spans = new ArrayList<>(16);
  private final Map<String, String> scalars = new HashMap<>();
  private final Map<String, Integer> hostedTools = new HashMap<>();

  private int messages;
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

  private RequestScan(byte[] body) {
    this.body = body;
  }

  /** Reads bodies that nest no deeper than {@code depth}. */
  public static JsonFactory factory(int depth) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(4_096)
                .build())
        .build();
  }

  /**
   * Scans {@code bytes}; a body that is not one JSON object, is nested too deeply, or names a field
   * of {@code policy} twice is an {@code INVALID_REQUEST}.
   *
   * @param policy members of the top-level object that something is decided on
   */
  public static RequestScan of(JsonFactory factory, BodyBytes bytes, Set<String> policy) {
    RequestScan scan = new RequestScan(bytes.bytes());
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes.bytes())) {
      scan.document(parser, policy);
    } catch (StreamConstraintsException tooMuch) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST, "the body is nested more deeply than is taken here", tooMuch);
    } catch (JacksonException malformed) {
      var where = malformed.getLocation();
      String at =
          where == null
              ? ""
              : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the body is not valid JSON" + at, malformed);
    }
    return scan;
  }

  private void document(JsonParser parser, Set<String> policy) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the body must be a JSON object");
    }
    int end = (int) parser.currentLocation().getByteOffset();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      if (policy.contains(name) && span(name) != null) {
        throw Failure.invalid(name, "the field " + name + " is there twice");
      }
      int key = keyAfter(end);
      JsonToken token = parser.nextToken();
      int start = (int) parser.currentTokenLocation().getByteOffset();
      member(parser, name, token);
      end = (int) parser.currentLocation().getByteOffset();
      spans.add(new Span(name, key, start, end));
    }
    if (parser.nextToken() != null) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "something follows the body's JSON object");
    }
  }

  /** The opening quotation mark of the next name: only white space and a comma come before it. */
  private int keyAfter(int from) {
    int at = from;
    while (body[at] != '"') {
      at++;
    }
    return at;
  }

  private void member(JsonParser parser, String name, JsonToken token) {
    switch (token) {
      case START_ARRAY -> elements(parser, name);
      case START_OBJECT -> object(parser, MODEL_TEXT.contains(name) ? OPAQUE : name, name);
      case VALUE_STRING -> {
        if (parser.getStringLength() <= SCALAR) {
          scalars.put(name, parser.getString());
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
          scalars.put(name, parser.getString());
      case VALUE_NULL -> {}
      default -> throw Failure.invalid(name, "the field " + name + " has no value");
    }
  }

  private void elements(JsonParser parser, String name) {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (name.equals("messages")) {
        messages++;
      } else if (name.equals("tools")) {
        tools++;
      }
      nested(parser, token, name, "");
    }
  }

  private void nested(JsonParser parser, JsonToken token, String member, String under) {
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
    }
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
    return parser.getStringLength() <= SCALAR ? parser.getString() : null;
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
    if (!type.equals("function") && !type.equals("custom")) {
      hostedTools.merge(
          type, frame.maxUses, (one, other) -> one < 0 || other < 0 ? -1 : one + other);
    }
  }

  /** The members of the top-level object, in their order. */
  public List<Span> spans() {
    return List.copyOf(spans);
  }

  private @Nullable Span span(String name) {
    for (Span span : spans) {
      if (span.name().equals(name)) {
        return span;
      }
    }
    return null;
  }

  /** Whether the member is there and not null. */
  public boolean has(String name) {
    Span span = span(name);
    return span != null && body[span.start()] != 'n';
  }

  /** A short string, number or boolean as it is written; null: not there, or of another kind. */
  public @Nullable String text(String name) {
    return scalars.get(name);
  }

  /** A string; anything else in its place is an {@code INVALID_REQUEST}. */
  public @Nullable String string(String name) {
    Span span = span(name);
    if (span == null || body[span.start()] == 'n') {
      return null;
    }
    if (body[span.start()] != '"') {
      throw Failure.invalid(name, "the field " + name + " must be a string");
    }
    String value = scalars.get(name);
    if (value == null) {
      throw Failure.invalid(
          name, "the field " + name + " is longer than " + SCALAR + " characters");
    }
    return value;
  }

  /** A boolean, false where it is not there. */
  public boolean bool(String name) {
    if (!has(name)) {
      return false;
    }
    return switch (scalars.getOrDefault(name, "")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Failure.invalid(name, "the field " + name + " must be true or false");
    };
  }

  /** A whole number of at least {@code least}; null: not there. */
  public @Nullable Long whole(String name, long least) {
    if (!has(name)) {
      return null;
    }
    try {
      Span span = span(name);
      long value =
          span != null && body[span.start()] == '"'
              ? -1
              : Long.parseLong(scalars.getOrDefault(name, ""));
      if (value >= least && value <= Integer.MAX_VALUE) {
        return value;
      }
    } catch (NumberFormatException notWhole) {
      // Said below, with the others.
    }
    throw Failure.invalid(
        name, "the field " + name + " must be a whole number of at least " + least);
  }

  /** A small member as a tree; null: not there. */
  public @Nullable JsonNode tree(String name) {
    Span span = span(name);
    if (span == null || body[span.start()] == 'n') {
      return null;
    }
    try {
      return SMALL.readTree(Arrays.copyOfRange(body, span.start(), span.end()));
    } catch (JacksonException twice) {
      throw Failure.invalid(name, "the field " + name + " names one of its fields twice");
    }
  }

  public int messages() {
    return messages;
  }

  public int tools() {
    return tools;
  }

  public int images() {
    return images;
  }

  public int documents() {
    return documents;
  }

  public int audios() {
    return audios;
  }

  /** Bytes of the body that are not embedded data of images, documents or audio. */
  public long textBytes() {
    return Math.max(0, body.length - embedded);
  }

  /** What the text is made of that a model reads: not embedded data, nor other members. */
  public ByteCounts byteCounts() {
    return TextBlocks.count(body, spans, embeds);
  }

  /** Whether something of the input is not in the body. */
  public boolean external() {
    return external;
  }

  public boolean thinkingBlocks() {
    return thinkingBlocks;
  }

  public CacheWrite cacheWrite() {
    return cacheWrite;
  }

  /**
   * Tools other than functions, by type, with their declared maximum of uses, -1 where there is
   * none.
   */
  public Map<String, Integer> hostedTools() {
    return Map.copyOf(hostedTools);
  }
}
