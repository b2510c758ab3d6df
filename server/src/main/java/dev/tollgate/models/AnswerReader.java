package dev.tollgate.models;

import java.io.StringWriter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the usage of an answer that is not a stream, chunk by chunk as it passes, whatever its
 * length.
 */
final class AnswerReader {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /** The members that an answer's text is in, of every surface but that of vectors. */
  private static final Set<String> ANSWER = Set.of("content", "choices", "output");

  /** What in them is made by the model. */
  private static final Set<String> SAYING =
      Set.of(
          "text",
          "content",
          "thinking",
          "signature",
          "data",
          "name",
          "arguments",
          "reasoning",
          "reasoning_content",
          "refusal",
          "transcript");

  private final UsageMeter meter;
  private final @Nullable AnswerItems items;
  private final JsonParser parser =
      JSON.createNonBlockingByteArrayParser(ObjectReadContext.empty());
  private final StringWriter raw = new StringWriter(0);

  private @Nullable JsonGenerator copy;
  private int depth;
  private String member = "";
  private boolean told;
  private boolean said;
  private boolean failed;
  private boolean object;
  private boolean broken;

  /**
   * A reader of one answer.
   *
   * @param items what keeps the ids that the answer gives out; null: they are not asked for
   */
  AnswerReader(Surface surface, @Nullable AnswerItems items) {
    this.meter = UsageMeter.of(surface);
    this.items = items;
  }

  void feed(byte[] bytes, int from, int to) {
    if (broken) {
      return;
    }
    try {
      ((ByteArrayFeeder) parser.nonBlockingInputFeeder()).feedInput(bytes, from, to);
      drain();
    } catch (JacksonException malformed) {
      broken = true;
    }
  }

  /** Whether what came is one whole JSON object. */
  boolean wellFormed() {
    if (broken) {
      return false;
    }
    try {
      parser.nonBlockingInputFeeder().endOfInput();
      drain();
    } catch (JacksonException malformed) {
      broken = true;
    }
    return !broken && object && depth == 0;
  }

  private void drain() {
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.NOT_AVAILABLE;
        token = parser.nextToken()) {
      step(token);
    }
  }

  private void step(JsonToken token) {
    if (items != null) {
      items.token(parser, token);
    }
    if (token.isStructStart()) {
      object |= depth == 0 && token == JsonToken.START_OBJECT;
      if (depth == 1 && token == JsonToken.START_OBJECT && member.equals("usage")) {
        copy = JSON.createGenerator(ObjectWriteContext.empty(), raw);
      }
      depth++;
    } else if (token.isStructEnd()) {
      depth--;
    }
    if (copy != null) {
      report(copy, token);
    } else if (token == JsonToken.PROPERTY_NAME && depth == 1) {
      member = name();
    } else if (token == JsonToken.VALUE_STRING) {
      text();
    }
  }

  private void report(JsonGenerator copying, JsonToken token) {
    copying.copyCurrentEvent(parser);
    if (meter.token(parser, token)) {
      copying.close();
      copy = null;
      told = true;
    }
  }

  private String name() {
    String name = parser.currentName();
    return name == null ? "" : name;
  }

  private void text() {
    if (depth == 1) {
      if (meter.tells(member)) {
        meter.text(member, parser.getString());
      }
      failed |= member.equals("status") && parser.getString().equals("failed");
    } else if (!said && ANSWER.contains(member) && SAYING.contains(name())) {
      said = parser.getStringLength() > 0;
    }
  }

  /** Whether the answer says of itself that it failed. */
  boolean failed() {
    return failed;
  }

  /** Whether anything was made for it, where that is looked for. */
  boolean made() {
    return items != null && items.made();
  }

  UsageMeter meter() {
    if (items != null && meter.reported()) {
      meter.used(items);
    }
    return meter;
  }

  /** Whether the answer has text, of whatever kind. */
  boolean said() {
    return said;
  }

  /** The provider's report, as JSON; null: there is none. */
  @Nullable String rawUsage() {
    return told ? raw.toString() : null;
  }
}
