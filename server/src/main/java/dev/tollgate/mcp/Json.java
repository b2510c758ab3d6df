package dev.tollgate.mcp;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON level by level, as spans; a level that nobody asks for is skipped, yet checked. */
final class Json {

  /** Deeper than any schema that a tool was seen with; the stack is safe. */
  private static final int DEPTH = 256;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxStringLength(256 * 1024 * 1024)
                  .build())
          .build();

  private Json() {}

  static JsonParser parser(Raw value) {
    return FACTORY.createParser(
        ObjectReadContext.empty(), value.bytes(), value.from(), value.length());
  }

  static String string(Raw value) {
    try (JsonParser parser = parser(value)) {
      parser.nextToken();
      return parser.getString();
    } catch (JacksonException malformed) {
      throw malformed(malformed);
    }
  }

  /** The elements of an array. */
  static List<Raw> elements(Raw array) {
    List<Raw> elements = new ArrayList<>();
    try (JsonParser parser = parser(array)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw RpcError.of(RpcError.INVALID_PARAMS, "an array was expected");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value(parser, array));
      }
    } catch (JacksonException malformed) {
      throw malformed(malformed);
    }
    return elements;
  }

  /** The value that the parser stands at; it is left at its last token. */
  static Raw value(JsonParser parser, Raw within) {
    // Offsets count from the parser's first byte, which is that of the whole value.
    int from = within.from() + (int) parser.currentTokenLocation().getByteOffset();
    JsonToken token = parser.currentToken();
    if (token.isStructStart()) {
      parser.skipChildren();
    } else {
      // A scalar is read lazily: only its end tells where it ends.
      parser.finishToken();
    }
    int to = within.from() + (int) parser.currentLocation().getByteOffset();
    return new Raw(within.bytes(), from, trimmed(within.bytes(), from, to));
  }

  /** A number's end may be noticed a byte late. */
  private static int trimmed(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && (bytes[end - 1] <= ' ' || bytes[end - 1] == ',')) {
      end--;
    }
    return end;
  }

  static RpcError malformed(JacksonException cause) {
    return RpcError.of(
        RpcError.PARSE_ERROR,
        cause instanceof JacksonIOException
            ? "the JSON ends too early"
            : "malformed JSON: " + cause.getOriginalMessage());
  }
}
