package dev.tollgate.models;

import static dev.tollgate.models.Bytes.ascii;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a stream in passing: the usage it reports, how much of an answer it carried, and which
 * event is the last. Only events that can carry usage are parsed.
 */
abstract sealed class StreamReader {

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] DATA = ascii("data:");

  /** What becomes of an event. */
  enum Verdict {
    /** Goes out as it is. */
    PASS,
    /** Was asked for by us and not by the caller. */
    DROP,
    /** Ends the answer: goes out when the charge is durable. */
    LAST
  }

  final UsageMeter meter;
  long delivered;
  boolean failed;
  boolean finished;
  @Nullable String rawUsage;

  StreamReader(Dialect dialect) {
    this.meter = UsageMeter.of(dialect);
  }

  static StreamReader of(Surface surface, boolean usageAsked) {
    return switch (surface) {
      case MESSAGES, COUNT_TOKENS -> new Anthropic();
      case CHAT_COMPLETIONS, EMBEDDINGS -> new OpenAi(usageAsked);
    };
  }

  abstract Verdict read(byte[] bytes, int from, int to);

  /** The usage reported so far. */
  final UsageMeter meter() {
    return meter;
  }

  /** Bytes of generated text that have passed: escapes count as they are written. */
  final long delivered() {
    return delivered;
  }

  /** Whether the provider reported an error in mid-stream. */
  final boolean failed() {
    return failed;
  }

  /** Whether the report that closes an answer has come. */
  final boolean finished() {
    return finished;
  }

  /** The provider's report, as JSON. */
  final @Nullable String rawUsage() {
    return rawUsage;
  }

  /**
   * Counts the text of a delta by the members that can hold some; where none of them is there, the
   * kind of delta is unknown and every byte counts.
   */
  final void deliver(byte[] bytes, int from, int to, byte[][] members) {
    boolean known = false;
    for (byte[] member : members) {
      int at = Bytes.find(bytes, from, to, member);
      if (at >= 0) {
        known = true;
        int value = Bytes.skipSpace(bytes, at + member.length, to);
        delivered +=
            value < to && bytes[value] == '"' ? Bytes.stringLength(bytes, value + 1, to) : 0;
      }
    }
    if (!known) {
      delivered += to - from;
    }
  }

  /** Where the JSON of a one-line event begins, or -1. */
  static int data(byte[] bytes, int from, int to) {
    int at = Bytes.stands(bytes, from, to, DATA) ? from : lineWith(bytes, from, to);
    if (at < 0) {
      return -1;
    }
    return Bytes.skipSpace(bytes, at + DATA.length, to);
  }

  private static int lineWith(byte[] bytes, int from, int to) {
    for (int i = from; i < to - DATA.length; i++) {
      if ((bytes[i] == '\n' || bytes[i] == '\r') && Bytes.stands(bytes, i + 1, to, DATA)) {
        return i + 1;
      }
    }
    return -1;
  }

  /**
   * Reads {@code usage} (and what stands beside it) out of the JSON at {@code start}, at the top or
   * in {@code inside}.
   *
   * @return whether {@code choices} is an empty list
   */
  final boolean usage(byte[] bytes, int start, int to, String inside) {
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), bytes, start, to - start)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      return members(parser, bytes, start, inside);
    } catch (JacksonException malformed) {
      // The client will see the same; what was reported before holds.
      return false;
    }
  }

  private boolean members(JsonParser parser, byte[] bytes, int start, String inside) {
    boolean empty = false;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("usage") && token == JsonToken.START_OBJECT) {
        int begin = (int) parser.currentTokenLocation().getByteOffset();
        meter.read(parser);
        int end = (int) parser.currentLocation().getByteOffset();
        raw(new String(bytes, start + begin, end - begin, StandardCharsets.UTF_8));
      } else if (name.equals(inside) && token == JsonToken.START_OBJECT) {
        members(parser, bytes, start, "");
      } else if (name.equals("choices") && token == JsonToken.START_ARRAY) {
        empty = parser.nextToken() == JsonToken.END_ARRAY;
        skipArray(parser, empty);
      } else if (token == JsonToken.VALUE_STRING) {
        meter.text(name, parser.getString());
      } else {
        parser.skipChildren();
      }
    }
    return empty;
  }

  private static void skipArray(JsonParser parser, boolean ended) {
    if (ended) {
      return;
    }
    int depth = 1;
    JsonToken token = parser.currentToken();
    while (depth > 0) {
      if (token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT) {
        depth++;
      } else if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
        depth--;
      }
      if (depth > 0) {
        token = parser.nextToken();
      }
    }
  }

  abstract void raw(String usage);

  /** Source: Anthropic's API reference, Streaming Messages. */
  private static final class Anthropic extends StreamReader {

    private static final byte[] EVENT = ascii("event:");
    private static final byte[] DELTA = ascii("content_block_delta");
    private static final byte[] START = ascii("message_start");
    private static final byte[] MESSAGE_DELTA = ascii("message_delta");
    private static final byte[] STOP = ascii("message_stop");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] TYPE = ascii("\"type\":");
    private static final byte[][] TEXT = {
      ascii("\"text\":"),
      ascii("\"partial_json\":"),
      ascii("\"thinking\":"),
      ascii("\"signature\":"),
    };

    Anthropic() {
      super(Dialect.ANTHROPIC);
    }

    @Override
    Verdict read(byte[] bytes, int from, int to) {
      int kind = kind(bytes, from, to);
      if (kind < 0) {
        return Verdict.PASS;
      }
      if (Bytes.stands(bytes, kind, to, DELTA)) {
        int data = data(bytes, from, to);
        deliver(bytes, Math.max(data, from), to, TEXT);
      } else if (Bytes.stands(bytes, kind, to, START)
          || Bytes.stands(bytes, kind, to, MESSAGE_DELTA)) {
        int data = data(bytes, from, to);
        if (data >= 0) {
          usage(bytes, data, to, "message");
          finished |= Bytes.stands(bytes, kind, to, MESSAGE_DELTA);
        }
      } else if (Bytes.stands(bytes, kind, to, STOP)) {
        return Verdict.LAST;
      } else if (Bytes.stands(bytes, kind, to, ERROR)) {
        failed = true;
        return Verdict.LAST;
      }
      return Verdict.PASS;
    }

    /** Where the event's kind is written: in its event line, else in its data. */
    private static int kind(byte[] bytes, int from, int to) {
      if (Bytes.stands(bytes, from, to, EVENT)) {
        return Bytes.skipSpace(bytes, from + EVENT.length, to);
      }
      int type = Bytes.find(bytes, from, to, TYPE);
      return type < 0 ? -1 : Bytes.skipSpace(bytes, type + TYPE.length, to) + 1;
    }

    @Override
    void raw(String usage) {
      rawUsage = rawUsage == null ? usage : "[" + rawUsage + "," + usage + "]";
    }
  }

  /** Source: OpenAI's API reference, Chat Completions, streaming. */
  private static final class OpenAi extends StreamReader {

    private static final byte[] DONE = ascii("[DONE]");
    private static final byte[] USAGE = ascii("\"usage\":");
    private static final byte[] ERROR = ascii("{\"error\":");
    private static final byte[] DELTA = ascii("\"delta\":");
    private static final byte[][] TEXT = {
      ascii("\"content\":"),
      ascii("\"arguments\":"),
      ascii("\"reasoning_content\":"),
      ascii("\"refusal\":"),
    };
    private static final byte[] ROLE = ascii("\"role\"");

    private final boolean usageAsked;

    OpenAi(boolean usageAsked) {
      super(Dialect.OPENAI);
      this.usageAsked = usageAsked;
    }

    @Override
    Verdict read(byte[] bytes, int from, int to) {
      int data = data(bytes, from, to);
      if (data < 0) {
        return Verdict.PASS;
      }
      if (Bytes.stands(bytes, data, to, DONE)) {
        return Verdict.LAST;
      }
      if (Bytes.stands(bytes, data, to, ERROR)) {
        failed = true;
        return Verdict.PASS;
      }
      int usage = Bytes.find(bytes, data, to, USAGE);
      if (usage >= 0 && object(bytes, usage + USAGE.length, to)) {
        boolean extra = usage(bytes, data, to, "");
        finished = true;
        return extra && !usageAsked ? Verdict.DROP : Verdict.PASS;
      }
      int delta = Bytes.find(bytes, data, to, DELTA);
      if (delta >= 0 && !quiet(bytes, delta + DELTA.length, to)) {
        deliver(bytes, delta, to, TEXT);
      }
      return Verdict.PASS;
    }

    /** A delta that is empty, as at the end of a choice, or only names the role. */
    private static boolean quiet(byte[] bytes, int from, int to) {
      int open = Bytes.skipSpace(bytes, from, to);
      int first = Bytes.skipSpace(bytes, open + 1, to);
      return first < to
          && (bytes[first] == '}' || Bytes.stands(bytes, first, to, ROLE))
          && Bytes.find(bytes, first, to, TEXT[0]) < 0;
    }

    private static boolean object(byte[] bytes, int at, int to) {
      int value = Bytes.skipSpace(bytes, at, to);
      return value < to && bytes[value] == '{';
    }

    @Override
    void raw(String usage) {
      rawUsage = usage;
    }
  }
}
