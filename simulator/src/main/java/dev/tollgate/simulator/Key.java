package dev.tollgate.simulator;

import java.util.Comparator;
import java.util.stream.Stream;

/** The words of the vocabulary, each with what it does. */
enum Key {
  STATUS("status", "answer with this error status instead, such as 429, 500, 503 or 529"),
  RETRY_AFTER("retry-after", "the retry-after header of an error, as it is to be sent"),
  HEADERS("headers", "further headers of every answer, as name:value,name:value"),
  CUT("cut", "how a cut ends the connection: reset (TCP reset) or close (no end of body)"),
  CUT_AFTER("cut-after", "cut a stream after this many events"),
  CUT_BYTES("cut-bytes", "cut an answer that is no stream after this many bytes of its body"),
  SILENT("silent", "true: accept the request and never answer"),
  BODY("body", "normal, invalid (JSON that breaks off), html (an error page) or empty"),
  CONTENT_TYPE("content-type", "the content type of an answer, such as text/html"),
  GZIP("gzip", "true: encode with gzip whatever the caller accepts"),
  ERROR_AFTER("error-after", "end a stream with an error event after this many events"),
  TERMINAL("terminal", "false: end a stream without its terminal event"),
  USAGE("usage", "exact, none (no report at all) or repeated (reported more than once)"),
  FIRST_BYTE("first-byte", "time before the first byte, such as 250ms or 2s"),
  BETWEEN("between", "time between the events of a stream, such as 20ms"),
  PER_TOKEN("per-token", "time a token of output, spread over the events or before the answer"),
  INPUT_TOKENS("input-tokens", "a number, text (bytes/4), body (bytes of the request) or trace"),
  OUTPUT_TOKENS("output-tokens", "a number, text (bytes/4), max (the request's maximum) or trace"),
  REASONING_TOKENS("reasoning-tokens", "a number, a part of the output; otherwise as asked for"),
  OVERSHOOT("overshoot", "true: report a number of output tokens even beyond the maximum"),
  CACHE_READ_TOKENS("cache-read-tokens", "tokens read from a cache, beside the input tokens"),
  CACHE_WRITE_TOKENS("cache-write-tokens", "tokens written to a cache of five minutes"),
  CACHE_WRITE_1H_TOKENS("cache-write-1h-tokens", "tokens written to a cache of an hour"),
  INPUT_AUDIO_TOKENS(
      "input-audio-tokens", "tokens of audio sent, beside the input tokens (OpenAI)"),
  OUTPUT_AUDIO_TOKENS(
      "output-audio-tokens", "tokens of audio generated, beside the output (OpenAI)"),
  WEB_SEARCHES("web-searches", "searches that the provider's own tool made (Anthropic)"),
  SERVICE_TIER("service-tier", "the service tier to report; otherwise as asked for"),
  CHUNKS("chunks", "how many deltas of text a stream has"),
  ANSWER_BYTES("answer-bytes", "size of the JSON answer in bytes, reached by padding its text"),
  SAY("say", "what the text of an answer says instead, behind its mark: a word"),
  TOOL_CALLS("tool-calls", "how many calls a tool-use turn makes"),
  MODELS("models", "the only models there are, separated by commas; any: every model"),
  API_KEY("api-key", "the only key that is accepted; any: every caller");

  private final String word;
  private final String help;

  Key(String word, String help) {
    this.word = word;
    this.help = help;
  }

  /** How the key is written. */
  String word() {
    return word;
  }

  /** One line of documentation. */
  String help() {
    return help;
  }

  /** The key written {@code word}; refused with the nearest there is. */
  static Key named(String word) {
    return Stream.of(values())
        .filter(key -> key.word.equals(word))
        .findFirst()
        .orElseThrow(() -> unknown(word));
  }

  private static Refusal unknown(String word) {
    String nearest =
        Stream.of(values())
            .map(Key::word)
            .min(Comparator.comparingInt(known -> distance(known, word)))
            .orElseThrow();
    return Refusal.invalid(
        "The simulator has no setting '%s'. Did you mean '%s'?".formatted(word, nearest));
  }

  /** Levenshtein's distance. */
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }
}
