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
abstract sealed class StreamReader
    permits StreamReader.Anthropic, StreamReader.OpenAi, ResponsesStream {

  static final JsonFactory JSON = new JsonFactory();
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
  boolean ended;
  boolean refused;
  @Nullable String rawUsage;

  StreamReader(Surface surface) {
    this.meter = UsageMeter.of(surface);
  }

  /**
   * A reader of one stream.
   *
   * @param items what keeps the ids that the answer gives out; null: they are not asked for
   */
  static StreamReader of(Surface surface, boolean usageAsked, @Nullable AnswerItems items) {
    return switch (surface) {
      case MESSAGES, COUNT_TOKENS -> new Anthropic(items);
      case CHAT_COMPLETIONS, EMBEDDINGS -> new OpenAi(surface, usageAsked, items);
      case RESPONSES -> new ResponsesStream(items);
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

  /** Whether the provider failed before it made anything, and so bills nothing. */
  final boolean refused() {
    return refused;
  }

  /** Whether the report that closes an answer has come, and nothing of the answer after it. */
  final boolean finished() {
    return finished;
  }

  /** Whether the answer is whole, with its report or without. */
  final boolean whole() {
    return finished || ended;
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
      int value = Bytes.member(bytes, from, to, member);
      if (value >= 0) {
        known = true;
        delivered += bytes[value] == '"' ? Bytes.stringLength(bytes, value + 1, to) : 0;
      }
    }
    if (!known) {
      delivered += to - from;
    }
  }

  /** Has {@code items} keep what the event's JSON at {@code start} gives out. */
  static void given(byte[] bytes, int start, int to, AnswerItems items) {
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), bytes, start, to - start)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        items.read(parser);
      }
    } catch (JacksonException malformed) {
      // The client will see the same; what was given out before holds.
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
  static final class Anthropic extends StreamReader {

    private static final byte[] EVENT = ascii("event:");
    private static final byte[] DELTA = ascii("content_block_delta");
    private static final byte[] START = ascii("message_start");
    private static final byte[] MESSAGE_DELTA = ascii("message_delta");
    private static final byte[] BLOCK = ascii("content_block_start");
    private static final byte[] STOP = ascii("message_stop");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] TYPE = ascii("\"type\"");
    private static final byte[][] TEXT = {
      ascii("\"text\""), ascii("\"partial_json\""), ascii("\"thinking\""), ascii("\"signature\""),
    };

    private final @Nullable AnswerItems items;

    Anthropic(@Nullable AnswerItems items) {
      super(Surface.MESSAGES);
      this.items = items;
    }

    @Override
    Verdict read(byte[] bytes, int from, int to) {
      int kind = kind(bytes, from, to);
      if (kind < 0) {
        return Verdict.PASS;
      }
      if (items != null) {
        items(bytes, from, to, kind, items);
      }
      if (Bytes.stands(bytes, kind, to, DELTA)) {
        int data = data(bytes, from, to);
        deliver(bytes, Math.max(data, from), to, TEXT);
      } else if (Bytes.stands(bytes, kind, to, START)
          || Bytes.stands(bytes, kind, to, MESSAGE_DELTA)) {
        int data = data(bytes, from, to);
        if (data >= 0) {
          // What came out is counted at the beginning, too, before anything has.
          meter.takeOutputRead();
          usage(bytes, data, to, "message");
          boolean last = Bytes.stands(bytes, kind, to, MESSAGE_DELTA);
          ended |= last;
          finished |= last && meter.takeOutputRead();
        }
      } else if (Bytes.stands(bytes, kind, to, STOP)) {
        return Verdict.LAST;
      } else if (Bytes.stands(bytes, kind, to, ERROR)) {
        failed = true;
        return Verdict.LAST;
      }
      return Verdict.PASS;
    }

    private static void items(byte[] bytes, int from, int to, int kind, AnswerItems items) {
      int data = data(bytes, from, to);
      if (data >= 0
          && (Bytes.stands(bytes, kind, to, START)
              || Bytes.stands(bytes, kind, to, BLOCK)
              || Bytes.stands(bytes, kind, to, MESSAGE_DELTA))) {
        given(bytes, data, to, items);
      }
    }

    /** Where the event's kind is written: in its event line, else in its data. */
    private static int kind(byte[] bytes, int from, int to) {
      if (Bytes.stands(bytes, from, to, EVENT)) {
        return Bytes.skipSpace(bytes, from + EVENT.length, to);
      }
      int type = Bytes.member(bytes, from, to, TYPE);
      return type < 0 ? -1 : type + 1;
    }

    @Override
    void raw(String usage) {
      rawUsage = rawUsage == null ? usage : "[" + rawUsage + "," + usage + "]";
    }
  }

  /** Source: OpenAI's API reference, Chat Completions, streaming. */
  static final class OpenAi extends StreamReader {

    private static final byte[] DONE = ascii("[DONE]");
    private static final byte[] USAGE = ascii("\"usage\"");
    private static final byte[] ERROR = ascii("\"error\"");
    private static final byte[] FINISH = ascii("\"finish_reason\"");
    private static final byte[] AUDIO = ascii("\"audio\"");

    private final ChatDeltas deltas = new ChatDeltas();
    private final boolean usageAsked;
    private final @Nullable AnswerItems items;

    OpenAi(Surface surface, boolean usageAsked, @Nullable AnswerItems items) {
      super(surface);
      this.usageAsked = usageAsked;
      this.items = items;
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
      if (Bytes.member(bytes, data, to, ERROR) >= 0 && error(bytes, data, to)) {
        failed = true;
        return Verdict.PASS;
      }
      if (items != null && Bytes.member(bytes, data, to, AUDIO) >= 0) {
        given(bytes, data, to, items);
      }
      long made = deltas.count(bytes, data, to);
      delivered += made;
      ended = ended || ends(bytes, data, to);
      int usage = Bytes.member(bytes, data, to, USAGE);
      if (usage >= 0 && bytes[usage] == '{') {
        boolean extra = usage(bytes, data, to, "");
        finished = true;
        return extra && !usageAsked ? Verdict.DROP : Verdict.PASS;
      }
      finished = finished && made == 0;
      return Verdict.PASS;
    }

    /** Whether a choice ends here: its reason is a name. */
    private static boolean ends(byte[] bytes, int data, int to) {
      int reason = Bytes.member(bytes, data, to, FINISH);
      return reason >= 0 && bytes[reason] == '"' && reason + 1 < to && bytes[reason + 1] != '"';
    }

    /** Whether an error stands at the top: further in it is a content filter's own. */
    private static boolean error(byte[] bytes, int start, int to) {
      try (JsonParser parser =
          JSON.createParser(ObjectReadContext.empty(), bytes, start, to - start)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return false;
        }
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          JsonToken token = parser.nextToken();
          if (name.equals("error") && token != JsonToken.VALUE_NULL) {
            return true;
          }
          parser.skipChildren();
        }
      } catch (JacksonException malformed) {
        // The client will see the same.
      }
      return false;
    }

    @Override
    void raw(String usage) {
      rawUsage = usage;
    }
  }
}
