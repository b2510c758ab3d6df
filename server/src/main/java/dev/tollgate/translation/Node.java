package dev.tollgate.translation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON value as it stands in bytes that nobody changes. Strings stay undecoded until one is asked
 * for: an image of 20 MB passes as a pair of offsets, and every escape as it was written.
 */
final class Node {

  enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    TRUE,
    FALSE,
    NULL
  }

  private static final int DEPTH = 1_000;

  /** Values of one document: a body of brackets alone would take twenty times its size. */
  private static final int MOST = 500_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  final Kind kind;
  final byte[] bytes;
  final int from;
  int to;

  /** Of an object, in their order. */
  List<String> names = List.of();

  /** Of an object its values, of an array its elements. */
  List<Node> values = List.of();

  private Node(Kind kind, byte[] bytes, int from) {
    this.kind = kind;
    this.bytes = bytes;
    this.from = from;
  }

  /** Reads {@code bytes[from, to)}, which is one JSON value. */
  static Node parse(byte[] bytes, int from, int to) throws JacksonException {
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), bytes, from, to - from)) {
      return new Reader(parser, bytes, from, to).document();
    }
  }

  boolean is(Kind other) {
    return kind == other;
  }

  int length() {
    return to - from;
  }

  /** As it is written. */
  String json() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** A string's text, decoded. */
  String text() {
    for (int i = from + 1; i < to - 1; i++) {
      if (bytes[i] == '\\') {
        return decoded(from, to);
      }
    }
    return new String(bytes, from + 1, to - from - 2, StandardCharsets.UTF_8);
  }

  /** A string's text where it is at most {@code bound} bytes long; else the empty string. */
  String shortText(int bound) {
    return kind == Kind.STRING && length() <= bound ? text() : "";
  }

  /** A string of no characters. */
  boolean isBlank() {
    return kind == Kind.STRING && length() == 2;
  }

  private String decoded(int begin, int end) {
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), bytes, begin, end - begin)) {
      parser.nextToken();
      return parser.getString();
    }
  }

  /** An object's member; null: not there, or null. */
  @Nullable Node get(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        Node value = values.get(i);
        return value.kind == Kind.NULL ? null : value;
      }
    }
    return null;
  }

  /** A whole number; {@code otherwise} where it is none or does not fit. */
  long whole(long otherwise) {
    if (kind != Kind.NUMBER || length() > 19) {
      return otherwise;
    }
    try {
      return Long.parseLong(json());
    } catch (NumberFormatException notWhole) {
      return otherwise;
    }
  }

  /** One pass over the tokens; a scalar's end is found where the next token begins. */
  private static final class Reader {

    private final JsonParser parser;
    private final byte[] bytes;
    private final int base;
    private final int limit;
    private @Nullable JsonToken token;
    private int at;
    private int count;

    Reader(JsonParser parser, byte[] bytes, int base, int limit) {
      this.parser = parser;
      this.bytes = bytes;
      this.base = base;
      this.limit = limit;
    }

    Node document() {
      advance();
      Node root = value();
      if (token != null) {
        throw new StreamReadException(parser, "something follows the JSON value");
      }
      return root;
    }

    private void advance() {
      token = parser.nextToken();
      at = token == null ? limit : base + (int) parser.currentTokenLocation().getByteOffset();
    }

    private Node value() {
      if (token == null) {
        throw new UnexpectedEndOfInputException(
            parser, JsonToken.NOT_AVAILABLE, "the JSON ends too early");
      }
      if (++count > MOST) {
        throw new StreamConstraintsException("more than " + MOST + " values");
      }
      return switch (token) {
        case START_OBJECT -> object();
        case START_ARRAY -> array();
        case VALUE_STRING -> scalar(Kind.STRING);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar(Kind.NUMBER);
        case VALUE_TRUE -> scalar(Kind.TRUE);
        case VALUE_FALSE -> scalar(Kind.FALSE);
        case VALUE_NULL -> scalar(Kind.NULL);
        case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
            throw new StreamReadException(parser, "a value is missing");
      };
    }

    private Node object() {
      Node object = new Node(Kind.OBJECT, bytes, at);
      object.names = new ArrayList<>();
      object.values = new ArrayList<>();
      advance();
      while (token == JsonToken.PROPERTY_NAME) {
        object.names.add(parser.currentName());
        advance();
        object.values.add(value());
      }
      return closed(object);
    }

    private Node array() {
      Node array = new Node(Kind.ARRAY, bytes, at);
      array.values = new ArrayList<>();
      advance();
      while (token != JsonToken.END_ARRAY) {
        array.values.add(value());
      }
      return closed(array);
    }

    private Node closed(Node structure) {
      structure.to = at + 1;
      advance();
      return structure;
    }

    private Node scalar(Kind kind) {
      Node scalar = new Node(kind, bytes, at);
      // A string is skipped, not decoded: the parser looks into it only when asked to.
      advance();
      int end = at;
      while (bytes[end - 1] <= ' ' || bytes[end - 1] == ',') {
        // Bytes above 127 are negative here, but none can follow a scalar.
        end--;
      }
      scalar.to = end;
      return scalar;
    }
  }
}
