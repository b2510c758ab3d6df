package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.kernel.Failure;
import dev.tollgate.translation.Node.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to Chat Completions as one to Messages: every member that OpenAI documents, in its
 * order there, and what is made of it.
 */
final class ChatRequest {

  private static final String NO_SETTING = "it has no such setting";

  private final Members chat;
  private final Target target;
  private final Out out = new Out();
  private @Nullable Node maximum;

  ChatRequest(Members chat, Target target) {
    this.chat = chat;
    this.target = target;
  }

  Translated translate() {
    out.object().put("model", target.model());
    chat.drop("model");
    maximum();
    ChatTurns turns = new ChatTurns(chat.need("messages", Kind.ARRAY));
    turns.system(out);
    turns.messages(out);
    new ChatTools(chat).write(out);
    sampling();
    Efforts.fromChat(chat, target, maximumGiven(), responseFormat(), out);
    user();
    tier();
    boolean usage = stream();
    withoutCounterpart();
    chat.done();
    return new Translated(out.endObject().bytes(), new Asked(usage, true), List.of());
  }

  /** Where both are there, the newer one is what OpenAI goes by. */
  private void maximum() {
    Node older = chat.take("max_tokens", Kind.NUMBER);
    Node newer = chat.take("max_completion_tokens", Kind.NUMBER);
    maximum = newer != null ? newer : older;
    if (maximum != null && target.reaches(maximum)) {
      out.put("max_tokens", maximum);
    } else if (target.maxOutput() != null) {
      out.put("max_tokens", target.maxOutput());
    } else {
      throw Failure.invalid(
          "max_completion_tokens",
          "the field max_completion_tokens is needed: the model that serves this call wants a"
              + " maximum, and how much it can write is not known here");
    }
  }

  private long maximumGiven() {
    Long most = target.maxOutput();
    return maximum != null && target.reaches(maximum) ? maximum.whole(0) : most == null ? 0 : most;
  }

  private void sampling() {
    Node temperature = chat.take("temperature", Kind.NUMBER);
    if (temperature != null && Double.parseDouble(temperature.json()) > 1) {
      throw cannot("temperature", "its temperatures end at 1");
    }
    out.put("temperature", temperature);
    out.put("top_p", chat.take("top_p", Kind.NUMBER));
    // Not OpenAI's, but that of many servers of its dialect.
    out.put("top_k", chat.take("top_k", Kind.NUMBER));
    stop(chat.take("stop"));
  }

  private void stop(@Nullable Node stop) {
    if (stop == null) {
      return;
    }
    List<Node> sequences = stop.is(Kind.ARRAY) ? stop.values : List.of(stop);
    if (sequences.isEmpty()) {
      return;
    }
    out.array("stop_sequences");
    for (Node sequence : sequences) {
      if (!sequence.is(Kind.STRING)) {
        throw Members.wrong("stop", "a string or an array of strings");
      }
      out.element(sequence);
    }
    out.endArray();
  }

  /** The schema that the answer must satisfy; null: any text. */
  private @Nullable ResponseSchema responseFormat() {
    Node format = chat.take("response_format", Kind.OBJECT);
    if (format == null) {
      return null;
    }
    Members members = Members.of(format, "response_format");
    String type = members.needWord("type");
    switch (type) {
      case "text" -> members.done();
      case "json_schema" -> {
        ResponseSchema schema = ResponseSchema.of(members);
        members.done();
        return schema;
      }
      case "json_object" ->
          throw cannot(
              "response_format.type",
              "it has no mode for JSON without a schema; give one with json_schema");
      default -> throw cannot("response_format.type", "it knows no format " + type);
    }
    return null;
  }

  /** Whom a request is for; both names of it are hints against abuse. */
  private void user() {
    Node user = chat.take("user", Kind.STRING);
    Node safety = chat.take("safety_identifier", Kind.STRING);
    Node given = safety != null ? safety : user;
    if (given != null) {
      out.object("metadata").put("user_id", given).endObject();
    }
  }

  private void tier() {
    String tier = chat.word("service_tier");
    if (tier == null) {
      return;
    }
    switch (tier) {
      case "auto" -> out.put("service_tier", "auto");
      case "default" -> out.put("service_tier", "standard_only");
      default -> throw cannot("service_tier", "it has no tier " + tier);
    }
  }

  private boolean stream() {
    Node stream = chat.take("stream");
    Node options = chat.take("stream_options", Kind.OBJECT);
    if (stream != null) {
      if (!stream.is(Kind.TRUE) && !stream.is(Kind.FALSE)) {
        throw Members.wrong("stream", "true or false");
      }
      out.put("stream", stream);
    }
    if (options == null) {
      return false;
    }
    Members members = Members.of(options, "stream_options");
    boolean usage = members.flag("include_usage");
    // Padding against eavesdroppers on the length of tokens.
    members.drop("include_obfuscation");
    members.done();
    return usage;
  }

  private void withoutCounterpart() {
    // Labels and hints: what is kept of the call, and how its prompt is cached or sped up.
    chat.drop(
        "metadata",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "prediction");
    chat.refuseBut("n", "it gives one answer a call", "1");
    chat.refuseBut("store", "it stores no answers", "false");
    chat.refuseBut("logprobs", "it tells no probabilities", "false");
    chat.refuseBut("top_logprobs", "it tells no probabilities", "0");
    chat.refuseBut("frequency_penalty", NO_SETTING, "0", "0.0");
    chat.refuseBut("presence_penalty", NO_SETTING, "0", "0.0");
    chat.refuseBut("logit_bias", NO_SETTING, "{}");
    chat.refuseBut("verbosity", NO_SETTING, "\"medium\"");
    chat.refuse("it cannot be told to sample alike twice", "seed");
    chat.refuse("it has no moderation of its own to set", "moderation");
    chat.refuse("it searches no web in this way", "web_search_options");
    chat.refuse("it writes no audio", "audio");
    modalities();
    chat.refuse("functions are deprecated; use tools", "functions");
    chat.refuse("functions are deprecated; use tool_choice", "function_call");
  }

  private void modalities() {
    Node modalities = chat.take("modalities", Kind.ARRAY);
    if (modalities != null) {
      for (Node modality : modalities.values) {
        if (!modality.shortText(16).equals("text")) {
          throw cannot("modalities", "it writes text alone");
        }
      }
    }
  }
}
