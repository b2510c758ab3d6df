package dev.tollgate.models;

import static dev.tollgate.models.Bytes.ascii;

/**
 * Counts what of a chunk of Chat Completions its model made, in bytes as they are written, without
 * making strings of them. Lives with one stream.
 *
 * <p>Of text, reasoning and calls only what was written counts, and of reasoning that is there
 * twice one; of a member that is not known, all of it. The role is the server's.
 */
final class ChatDeltas {

  private static final byte[] DELTA = ascii("\"delta\"");
  private static final byte[] ROLE = ascii("role\"");
  private static final byte[] REASONING = ascii("reasoning\"");
  private static final byte[] REASONING_CONTENT = ascii("reasoning_content\"");
  private static final byte[] REASONING_DETAILS = ascii("reasoning_details\"");
  private static final byte[] TOOL_CALLS = ascii("tool_calls\"");
  private static final byte[] FUNCTION_CALL = ascii("function_call\"");
  private static final byte[][] OF_CALL = {ascii("\"name\""), ascii("\"arguments\"")};

  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int at;
  private int to;

  /** Bytes that were made in all deltas of the chunk whose JSON is {@code chunk[from, to)}. */
  long count(byte[] chunk, int from, int to) {
    this.bytes = chunk;
    this.to = to;
    long made = 0;
    for (at = member(from); at >= 0 && at < to; at = member(at)) {
      made += bytes[at] == '{' ? delta() : 0;
    }
    bytes = NONE;
    return made;
  }

  private int member(int from) {
    return Bytes.member(bytes, from, to, DELTA);
  }

  /** Reads on from an opening brace to behind the closing one. */
  private long delta() {
    long text = 0;
    long reasoning = 0;
    long details = 0;
    at = blank(at + 1);
    while (at < to && bytes[at] != '}') {
      int name = at + 1;
      int value = blank(name + Bytes.stringLength(bytes, name, to) + 1);
      if (bytes[at] != '"' || value >= to || bytes[value] != ':') {
        int rest = to - at;
        at = to;
        return text + Math.max(reasoning, details) + rest;
      }
      value = blank(value + 1);
      at = valueEnd(value);
      if (!isEmpty(value) && !is(name, ROLE)) {
        if (is(name, REASONING) || is(name, REASONING_CONTENT)) {
          reasoning = Math.max(reasoning, length(value, at));
        } else if (is(name, REASONING_DETAILS)) {
          details = length(value, at);
        } else if (is(name, TOOL_CALLS) || is(name, FUNCTION_CALL)) {
          text += calls(value, at);
        } else {
          text += length(value, at);
        }
      }
      at = blank(at);
      at = at < to && bytes[at] == ',' ? blank(at + 1) : at;
    }
    at = Math.min(to, at + 1);
    return text + (reasoning > 0 ? reasoning : details);
  }

  /** Names and arguments; their ids and places are the server's. */
  private long calls(int from, int end) {
    long made = 0;
    for (byte[] member : OF_CALL) {
      int value = Bytes.member(bytes, from, end, member);
      while (value >= 0) {
        int over = Math.min(end, valueEnd(value));
        made += length(value, over);
        value = Bytes.member(bytes, over, end, member);
      }
    }
    return made;
  }

  private boolean is(int name, byte[] wanted) {
    return Bytes.stands(bytes, name, to, wanted);
  }

  /** Of a string what is within its quotation marks. */
  private long length(int value, int end) {
    return bytes[value] == '"' ? Math.max(0, end - value - 2) : end - value;
  }

  /** Whether the value is null, or an empty string, list or object. */
  private boolean isEmpty(int value) {
    if (value >= to) {
      return true;
    }
    int next = blank(value + 1);
    return switch (bytes[value]) {
      case 'n' -> true;
      case '"' -> value + 1 < to && bytes[value + 1] == '"';
      case '[' -> next < to && bytes[next] == ']';
      case '{' -> next < to && bytes[next] == '}';
      default -> false;
    };
  }

  /** Behind the value that begins at {@code value}. */
  private int valueEnd(int value) {
    int depth = 0;
    for (int i = value; i < to; i++) {
      switch (bytes[i]) {
        case '"' -> {
          i += Bytes.stringLength(bytes, i + 1, to) + 1;
          if (depth == 0) {
            return Math.min(to, i + 1);
          }
        }
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (depth <= 1) {
            return depth == 0 ? i : i + 1;
          }
          depth--;
        }
        case ',' -> {
          if (depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return to;
  }

  private int blank(int from) {
    int i = from;
    while (i < to
        && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r')) {
      i++;
    }
    return i;
  }
}
