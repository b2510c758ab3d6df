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

  static final int SCALAR = 256;

  private static final JsonMapper SMALL =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final byte[] body;
  private final List<Span> spans = new ArrayList<>(16);
  private final Map<String, String> scalars = new HashMap<>();

  private final ContentScan content = new ContentScan();

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
    if (end < 0) {
      // The parser takes UTF-16 and UTF-32 too, of which it does not tell where things stand.
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the body must be UTF-8 (RFC 8259, section 8.1)");
    }
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
      case START_ARRAY -> content.elements(parser, name);
      case START_OBJECT -> content.object(parser, name);
      case VALUE_STRING -> {
        content.top(parser, name);
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

  /**
   * Refuses members by which a provider would serve another model than the one that was decided on
   * and is priced: Anthropic's {@code fallbacks}, and {@code models} of those that choose between
   * vendors.
   */
  public void refuseOtherModels() {
    for (String name : List.of("fallbacks", "models")) {
      if (has(name)) {
        throw Failure.invalid(
            name,
            "the field "
                + name
                + " is not taken here: it has the provider serve another model than the one that"
                + " the call is held and charged for; the gateway has fallbacks of its own");
      }
    }
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

  /** Refuses anything but a string or a list, or nothing at all, as the member {@code name}. */
  public void requireTextOrList(String name) {
    Span span = span(name);
    if (span != null && "\"[n".indexOf(body[span.start()]) < 0) {
      throw Failure.invalid(name, "the field " + name + " must be a string or a list");
    }
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

  /** Where the texts stand that every later request of the same conversation repeats. */
  public List<Span> opening() {
    return content.opening();
  }

  public int messages() {
    return content.messages();
  }

  /** Elements of a list of {@code input}. */
  public int inputs() {
    return content.inputs();
  }

  /** Numbers in {@code input}, if the body lists nothing else: tokens that are made already. */
  public int numbers() {
    return content.numbers();
  }

  public int tools() {
    return content.tools();
  }

  public int images() {
    return content.images();
  }

  public int documents() {
    return content.documents();
  }

  public int audios() {
    return content.audios();
  }

  /** Bytes of the body that are not embedded data of images, documents or audio. */
  public long textBytes() {
    return Math.max(0, body.length - content.embedded());
  }

  /** What the text is made of that a model reads: not embedded data, nor other members. */
  public ByteCounts byteCounts() {
    return TextBlocks.count(body, spans, content.embeds());
  }

  /** Whether something of the input is not in the body. */
  public boolean external() {
    return content.external();
  }

  /** Every object on a provider's side that the body names, in its order. */
  public List<NamedObject> objects() {
    return List.copyOf(content.objects());
  }

  public boolean thinkingBlocks() {
    return content.thinkingBlocks();
  }

  public CacheWrite cacheWrite() {
    return content.cacheWrite();
  }

  /**
   * Tools other than functions, by type, with their declared maximum of uses, -1 where there is
   * none.
   */
  public Map<String, Integer> hostedTools() {
    return content.hostedTools();
  }

  /** Of {@link #hostedTools}, those that stand in items of {@code input}, not in {@code tools}. */
  public Set<String> broughtTools() {
    return content.broughtTools();
  }
}
