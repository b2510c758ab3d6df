package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.kernel.Failure;
import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to Messages as one to Chat Completions: every member that Anthropic documents, and what
 * is made of it.
 */
final class MessageRequest {

  private static final int MOST_STOPS = 4;

  private final Members messages;
  private final Target target;
  private final Out out = new Out();
  private final List<String> rewritten = new ArrayList<>(0);

  MessageRequest(Members messages, Target target) {
    this.messages = messages;
    this.target = target;
  }

  Translated translate() {
    out.object().put("model", target.model());
    messages.drop("model");
    maximum();
    new MessageTurns(messages).write(out);
    new MessageTools(messages).write(out);
    sampling();
    boolean shown = output();
    user();
    tier();
    stream();
    withoutCounterpart();
    messages.done();
    return new Translated(out.endObject().bytes(), new Asked(true, shown), List.copyOf(rewritten));
  }

  private void maximum() {
    Node maximum = messages.need("max_tokens", Kind.NUMBER);
    if (maximum.whole(1) == 0) {
      throw cannot("max_tokens", "it cannot fill its cache without an answer");
    }
    if (target.maxOutput() == null || target.reaches(maximum)) {
      out.put(target.maximumField(), maximum);
    } else {
      out.put(target.maximumField(), target.maxOutput());
    }
  }

  private void sampling() {
    out.put("temperature", messages.take("temperature", Kind.NUMBER));
    out.put("top_p", messages.take("top_p", Kind.NUMBER));
    messages.refuse("it has no such setting", "top_k");
    Node stops = messages.take("stop_sequences", Kind.ARRAY);
    if (stops != null && stops.values.size() > MOST_STOPS) {
      throw cannot("stop_sequences", "it takes at most " + MOST_STOPS);
    }
    if (stops != null && !stops.values.isEmpty()) {
      for (Node stop : stops.values) {
        if (!stop.is(Kind.STRING)) {
          throw Members.wrong("stop_sequences", "an array of strings");
        }
      }
      out.put("stop", stops);
    }
  }

  /** Effort, thinking and the schema of the answer; returns whether thinking is shown. */
  private boolean output() {
    Node config = messages.take("output_config", Kind.OBJECT);
    @Nullable String effort = null;
    @Nullable Node schema = null;
    if (config != null) {
      Members members = Members.of(config, "output_config");
      effort = members.word("effort");
      schema = schema(members.take("format", Kind.OBJECT), "output_config.format");
      members.done();
    }
    // The same, as it was called while it was a beta.
    Node older = schema(messages.take("output_format", Kind.OBJECT), "output_format");
    schema = schema != null ? schema : older;
    Efforts.Asks asks = Efforts.fromMessages(messages, effort, target);
    rewritten.addAll(asks.rewritten());
    if (asks.effort() != null) {
      out.put("reasoning_effort", asks.effort());
    }
    if (schema != null) {
      ResponseSchema.openAi(schema, out);
    }
    return asks.shown();
  }

  private static @Nullable Node schema(@Nullable Node format, String path) {
    if (format == null) {
      return null;
    }
    Members members = Members.of(format, path);
    String type = members.needWord("type");
    if (!type.equals("json_schema")) {
      throw cannot(members.path("type"), "it knows no format " + type);
    }
    Node schema = members.need("schema", Kind.OBJECT);
    members.done();
    return schema;
  }

  private void user() {
    Node metadata = messages.take("metadata", Kind.OBJECT);
    if (metadata != null) {
      Members members = Members.of(metadata, "metadata");
      String user = members.word("user_id");
      members.done();
      if (user != null) {
        out.put("user", CallIds.user(user));
      }
    }
  }

  private void tier() {
    String tier = messages.word("service_tier");
    if (tier == null) {
      return;
    }
    switch (tier) {
      case "auto" -> out.put("service_tier", "auto");
      case "standard_only" -> out.put("service_tier", "default");
      default -> throw cannot("service_tier", "it has no tier " + tier);
    }
  }

  /** Anthropic reports the usage of every stream, so it is always asked for. */
  private void stream() {
    boolean stream = messages.flag("stream");
    if (stream) {
      out.put("stream", true).object("stream_options").put("include_usage", true).endObject();
    }
  }

  private void withoutCounterpart() {
    // How the prompt is cached changes its price, not its answer.
    messages.drop("cache_control");
    // Asks for a comparison with an earlier request, beside the answer.
    messages.drop("diagnostics");
    messages.refuseBut("speed", "it has one speed", "\"standard\"");
    messages.refuse("where it computes is not to be chosen", "inference_geo");
    messages.refuse("it has no containers", "container");
    messages.refuse("it calls no MCP servers itself", "mcp_servers");
    contextManagement();
    messages.refuse("it has no fallbacks of its own", "fallbacks");
  }

  /** Clearing thoughts of earlier turns is nothing to do where none are given back. */
  private void contextManagement() {
    Node management = messages.take("context_management", Kind.OBJECT);
    if (management == null) {
      return;
    }
    Members members = Members.of(management, "context_management");
    Node edits = members.take("edits", Kind.ARRAY);
    members.done();
    for (int i = 0; edits != null && i < edits.values.size(); i++) {
      Members edit = Members.of(edits.values.get(i), "context_management.edits[" + i + "]");
      if (!edit.needWord("type").startsWith("clear_thinking_")) {
        throw cannot(edit.path("type"), "it does not edit its context itself");
      }
    }
  }

  static Failure hosted(String path, String type) {
    return cannot(path, "tools of type " + type + " exist at Anthropic alone");
  }
}
