package dev.tollgate.classification;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a request for its prompt: one pass that decodes no text, remembers where the user's last
 * turn stands, then reads that turn alone.
 *
 * <p>Turns that only bring results of tools, and blocks that a client's harness puts in ({@code
 * <system-reminder>}), are not the user's.
 */
final class PromptReader {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final byte[] REMINDER = Excerpt.REMINDER.getBytes(StandardCharsets.US_ASCII);

  private final byte[] body;
  private final Excerpt system = new Excerpt(Prompt.SYSTEM, 0);

  private int messages;
  private int turnsBefore;
  private int tools;
  private int images;
  private int documents;
  private int earlier;
  private int from = -1;
  private int to = -1;

  private PromptReader(byte[] body) {
    this.body = body;
  }

  static Prompt read(byte[] body) {
    PromptReader reader = new PromptReader(body);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      reader.document(parser);
    }
    Excerpt text = new Excerpt(Prompt.HEAD, Prompt.TAIL);
    if (reader.from >= 0) {
      try (JsonParser parser =
          JSON.createParser(
              ObjectReadContext.empty(), body, reader.from, reader.to - reader.from)) {
        parser.nextToken();
        reader.turnText(parser, text);
      }
    }
    return new Prompt(
        text.toString(),
        text.length(),
        reader.system.toString(),
        reader.system.length(),
        reader.turnsBefore,
        reader.images,
        reader.documents,
        reader.earlier,
        reader.tools);
  }

  private void document(JsonParser parser) {
    parser.nextToken();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "system", "instructions" -> content(parser, token, system);
        case "tools", "functions" -> tools += elements(parser, token);
        case "messages", "input" -> conversation(parser, token);
        default -> parser.skipChildren();
      }
    }
  }

  private static int elements(JsonParser parser, JsonToken token) {
    int count = 0;
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        parser.skipChildren();
        count++;
      }
    } else {
      parser.skipChildren();
    }
    return count;
  }

  private void conversation(JsonParser parser, JsonToken token) {
    if (token == JsonToken.VALUE_STRING) {
      from = offset(parser);
      parser.finishToken();
      to = end(parser);
    } else if (token == JsonToken.START_ARRAY) {
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        if (next == JsonToken.START_OBJECT) {
          turn(parser);
        } else {
          parser.skipChildren();
        }
        messages++;
      }
    } else {
      parser.skipChildren();
    }
  }

  private void turn(JsonParser parser) {
    int start = offset(parser);
    String role = "";
    boolean says = false;
    int imagesBefore = images;
    int documentsBefore = documents;
    images = 0;
    documents = 0;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "role" -> role = token == JsonToken.VALUE_STRING ? parser.getString() : "";
        case "content", "output" -> says |= says(parser, token);
        default -> parser.skipChildren();
      }
    }
    if (says && role.equals("user")) {
      from = start;
      to = end(parser);
      turnsBefore = messages;
      earlier += imagesBefore + documentsBefore;
    } else {
      if (role.equals("system") || role.equals("developer")) {
        systemTurn(start, end(parser));
      }
      images += imagesBefore;
      documents += documentsBefore;
    }
  }

  private void systemTurn(int start, int end) {
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), body, start, end - start)) {
      parser.nextToken();
      turnText(parser, system);
    }
  }

  /** Whether a turn's content has text of its own; counts its images and documents. */
  private boolean says(JsonParser parser, JsonToken token) {
    if (token == JsonToken.VALUE_STRING) {
      return !reminder(offset(parser));
    }
    boolean says = false;
    if (token == JsonToken.START_ARRAY) {
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        if (next == JsonToken.START_OBJECT) {
          says |= block(parser);
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
    return says;
  }

  private boolean block(JsonParser parser) {
    boolean says = false;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "type" -> count(token == JsonToken.VALUE_STRING ? parser.getString() : "");
        case "text" -> says |= token == JsonToken.VALUE_STRING && !reminder(offset(parser));
        // The result of a tool: what it says is not the user's, what it shows is looked at.
        case "content", "output" -> says(parser, token);
        default -> parser.skipChildren();
      }
    }
    return says;
  }

  private void count(String type) {
    switch (type) {
      case "image", "image_url", "input_image" -> images++;
      case "document", "file", "input_file" -> documents++;
      default -> {}
    }
  }

  private boolean reminder(int quote) {
    int at = quote + 1;
    for (byte expected : REMINDER) {
      if (at >= body.length || body[at++] != expected) {
        return false;
      }
    }
    return true;
  }

  private void turnText(JsonParser parser, Excerpt to) {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      to.add(parser);
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("content")) {
        content(parser, token, to);
      } else {
        parser.skipChildren();
      }
    }
  }

  private static void content(JsonParser parser, @Nullable JsonToken token, Excerpt to) {
    if (token == JsonToken.VALUE_STRING) {
      to.add(parser);
    } else if (token == JsonToken.START_ARRAY) {
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        if (next == JsonToken.START_OBJECT) {
          blockText(parser, to);
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
  }

  private static void blockText(JsonParser parser, Excerpt to) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("text") && token == JsonToken.VALUE_STRING) {
        to.add(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser) {
    return (int) parser.currentLocation().getByteOffset();
  }
}
