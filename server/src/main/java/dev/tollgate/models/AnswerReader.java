package dev.tollgate.models;

import java.io.StringWriter;
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

  private final UsageMeter meter;
  private final JsonParser parser =
      JSON.createNonBlockingByteArrayParser(ObjectReadContext.empty());
  private final StringWriter raw = new StringWriter(0);

  private @Nullable JsonGenerator copy;
  private int depth;
  private String member = "";
  private String inner = "";
  private boolean object;
  private boolean broken;

  AnswerReader(Dialect dialect) {
    this.meter = UsageMeter.of(dialect);
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
    if (token == JsonToken.PROPERTY_NAME && depth <= 3) {
      name(parser.currentName());
    }
    boolean inUsage = depth >= 2 && member.equals("usage");
    if (token.isStructStart()) {
      object |= depth == 0 && token == JsonToken.START_OBJECT;
      depth++;
    }
    if (inUsage || (depth == 2 && member.equals("usage"))) {
      copy(token);
    }
    if (token.isStructEnd()) {
      depth--;
      if (depth == 1 && copy != null) {
        copy.close();
        copy = null;
        meter.merged();
      }
    }
    value(token, inUsage);
  }

  private void name(@Nullable String name) {
    if (depth == 1) {
      member = name == null ? "" : name;
      inner = "";
    } else if (depth == 2) {
      inner = name == null ? "" : name;
    }
  }

  private void value(JsonToken token, boolean inUsage) {
    if (inUsage && token == JsonToken.VALUE_NUMBER_INT && depth <= 3) {
      String name = parser.currentName();
      meter.number(depth == 2 ? "" : inner, name == null ? "" : name, parser.getLongValue());
    } else if (token == JsonToken.VALUE_STRING && (inUsage || depth == 1)) {
      String name = parser.currentName();
      if (name != null && meter.tells(name)) {
        meter.text(name, parser.getString());
      }
    }
  }

  private void copy(JsonToken token) {
    if (copy == null) {
      if (token != JsonToken.START_OBJECT) {
        return;
      }
      copy = JSON.createGenerator(ObjectWriteContext.empty(), raw);
    }
    copy.copyCurrentEvent(parser);
  }

  UsageMeter meter() {
    return meter;
  }

  /** The provider's report, as JSON; null: there is none. */
  @Nullable String rawUsage() {
    return meter.reported() ? raw.toString() : null;
  }
}
