package dev.tollgate.models;

import static dev.tollgate.models.Bytes.ascii;

import org.jspecify.annotations.Nullable;

/**
 * The typed events of Responses. Source: OpenAI's API reference, Responses, streaming events.
 *
 * <p>The answer ends with {@code response.completed}, {@code response.incomplete} or {@code
 * response.failed}, which carry the report, or with {@code error}. What an item gives out is read
 * as the item comes, so that it is known of an answer that is cut, too.
 */
final class ResponsesStream extends StreamReader {

  private static final byte[] EVENT = ascii("event:");
  private static final byte[] TYPE = ascii("\"type\"");
  private static final byte[] RESPONSE = ascii("response.");
  private static final byte[] CREATED = ascii("response.created");
  private static final byte[] ITEM = ascii("response.output_item.");
  private static final byte[] ITEM_DONE = ascii("response.output_item.done");
  private static final byte[] COMPLETED = ascii("response.completed");
  private static final byte[] INCOMPLETE = ascii("response.incomplete");
  private static final byte[] FAILED = ascii("response.failed");
  private static final byte[] ERROR = ascii("error");
  private static final byte[] DELTA = ascii(".delta");
  private static final byte[][] TEXT = {ascii("\"delta\"")};

  private final @Nullable AnswerItems items;

  ResponsesStream(@Nullable AnswerItems items) {
    super(Surface.RESPONSES);
    this.items = items;
  }

  @Override
  Verdict read(byte[] bytes, int from, int to) {
    int data = data(bytes, from, to);
    if (data < 0) {
      return Verdict.PASS;
    }
    int kind = kind(bytes, from, data, to);
    if (kind < 0) {
      return Verdict.PASS;
    }
    if (isDelta(bytes, kind, to)) {
      deliver(bytes, data, to, TEXT);
      return Verdict.PASS;
    }
    if (stands(bytes, kind, to, COMPLETED) || stands(bytes, kind, to, INCOMPLETE)) {
      return last(bytes, data, to);
    }
    if (stands(bytes, kind, to, FAILED)) {
      failed = true;
      Verdict verdict = last(bytes, data, to);
      refused = !meter.counted() && delivered == 0 && (items == null || !items.made());
      return verdict;
    }
    if (stands(bytes, kind, to, ERROR)) {
      failed = true;
      return Verdict.LAST;
    }
    if (stands(bytes, kind, to, CREATED) || Bytes.stands(bytes, kind, to, ITEM)) {
      items(bytes, kind, data, to);
    }
    return Verdict.PASS;
  }

  private Verdict last(byte[] bytes, int data, int to) {
    if (items != null) {
      items.recount();
      given(bytes, data, to, items);
    }
    usage(bytes, data, to, "response");
    if (items != null && meter.reported()) {
      meter.used(items);
    }
    finished = true;
    return Verdict.LAST;
  }

  /** An item is counted when it is done: it comes twice. */
  private void items(byte[] bytes, int kind, int data, int to) {
    if (items != null) {
      items.counting(stands(bytes, kind, to, ITEM_DONE));
      given(bytes, data, to, items);
      items.counting(true);
    }
  }

  /** Where the event's kind is written: in its event line, else in its data; -1: nowhere. */
  private static int kind(byte[] bytes, int from, int data, int to) {
    if (Bytes.stands(bytes, from, to, EVENT)) {
      return Bytes.skipSpace(bytes, from + EVENT.length, to);
    }
    int type = Bytes.member(bytes, data, to, TYPE);
    while (type >= 0) {
      int kind = type + 1;
      if (Bytes.stands(bytes, kind, to, RESPONSE) || stands(bytes, kind, to, ERROR)) {
        return kind;
      }
      type = Bytes.member(bytes, kind, to, TYPE);
    }
    return -1;
  }

  /** Whether the kind at {@code kind} is exactly this one. */
  private static boolean stands(byte[] bytes, int kind, int to, byte[] wanted) {
    int end = kind + wanted.length;
    return Bytes.stands(bytes, kind, to, wanted) && (end >= to || !inKind(bytes[end]));
  }

  private static boolean isDelta(byte[] bytes, int kind, int to) {
    int end = kind;
    while (end < to && inKind(bytes[end])) {
      end++;
    }
    return Bytes.stands(bytes, Math.max(kind, end - DELTA.length), end, DELTA);
  }

  private static boolean inKind(byte one) {
    return (one >= 'a' && one <= 'z') || one == '_' || one == '.';
  }

  @Override
  void raw(String usage) {
    rawUsage = usage;
  }
}
