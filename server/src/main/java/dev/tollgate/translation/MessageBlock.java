package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block of content in Messages, which is a part of one, or a message, in Chat Completions. */
sealed interface MessageBlock {

  /**
   * Signs thinking that came as {@code reasoning_content}: no model's signature, but how we know
   * that the same kind of server is to get it back.
   */
  String REASONING = "reasoning_content";

  /** Signs thinking that came as a part of {@code content}; it is not given back. */
  String PART = "content";

  /** Where it stands, as errors name it. */
  String path();

  void write(Out out);

  /**
   * Text.
   *
   * @param text as it came; null: {@code words} are ours
   */
  record Text(String path, @Nullable Node text, String words) implements MessageBlock {

    static Text ours(String path, String words) {
      return new Text(path, null, words);
    }

    void string(String name, Out out) {
      if (text == null) {
        out.put(name, words);
      } else {
        out.put(name, text);
      }
    }

    @Override
    public void write(Out out) {
      out.object().put("type", "text");
      string("text", out);
      out.endObject();
    }
  }

  /**
   * An image or a PDF.
   *
   * @param prefix what comes before {@code data} in its URL: nothing, where data is one
   */
  record Media(String path, boolean image, String prefix, Node data, String filename)
      implements MessageBlock {

    @Override
    public void write(Out out) {
      if (image) {
        out.object().put("type", "image_url").object("image_url");
        out.putString("url", prefix, data.bytes, data.from + 1, data.to - 1);
      } else {
        out.object().put("type", "file").object("file").put("filename", filename);
        out.putString("file_data", prefix, data.bytes, data.from + 1, data.to - 1);
      }
      out.endObject().endObject();
    }
  }

  record Call(String path, String id, Node name, Node input) implements MessageBlock {

    @Override
    public void write(Out out) {
      out.object().put("id", id).put("type", "function").object("function");
      out.put("name", name).put("arguments", input.json()).endObject().endObject();
    }
  }

  /**
   * Thinking.
   *
   * @param words what is given back; null: another provider's thinking, which is left out
   */
  record Thought(String path, @Nullable Node words) implements MessageBlock {

    @Override
    public void write(Out out) {
      throw new IllegalStateException("thinking is written with the turn that it is in");
    }
  }

  /**
   * The result of a call.
   *
   * @param shown images and documents, each after words that say whose they are
   */
  record Result(
      String path, String id, boolean failed, List<MessageBlock> texts, List<MessageBlock> shown)
      implements MessageBlock {

    @Override
    public void write(Out out) {
      List<MessageBlock> all = new ArrayList<>();
      if (failed) {
        // Chat Completions has no word for it, so the model is told in words.
        all.add(Text.ours(path, "The tool reported an error:"));
      }
      all.addAll(texts);
      if (all.isEmpty()) {
        all.add(Text.ours(path, shown.isEmpty() ? "" : "The result is shown below."));
      }
      out.object().put("role", "tool").put("tool_call_id", id);
      MessageTurns.content(all, out);
      out.endObject();
    }
  }

  /** The blocks of a member that is a string or an array; none where it is not there. */
  static List<MessageBlock> all(Members parent, String name) {
    Node content = parent.take(name);
    if (content == null) {
      return List.of();
    }
    String path = parent.path(name);
    if (content.is(Kind.STRING)) {
      return content.isBlank() ? List.of() : List.of(new Text(path, content, ""));
    }
    if (!content.is(Kind.ARRAY)) {
      throw Members.wrong(path, "a string or an array");
    }
    List<MessageBlock> blocks = new ArrayList<>(content.values.size());
    for (int i = 0; i < content.values.size(); i++) {
      block(Members.of(content.values.get(i), path + "[" + i + "]"), blocks);
    }
    return blocks;
  }

  private static void block(Members block, List<MessageBlock> blocks) {
    String type = block.needWord("type");
    // How the prompt is cached changes its price, not its answer.
    block.drop("cache_control");
    switch (type) {
      case "text" -> {
        Node text = block.need("text", Kind.STRING);
        // Where the words of an earlier answer came from.
        block.drop("citations");
        if (!text.isBlank()) {
          blocks.add(new Text(block.path(), text, ""));
        }
      }
      case "image" -> blocks.add(MessageMedia.image(block));
      case "document" -> blocks.addAll(MessageMedia.document(block));
      case "tool_use" -> blocks.add(call(block));
      case "tool_result" -> blocks.add(result(block));
      case "thinking" -> blocks.add(thought(block));
      case "redacted_thinking" -> {
        block.drop("data");
        blocks.add(new Thought(block.path(), null));
      }
      default -> throw MessageRequest.hosted(block.path("type"), type);
    }
    block.done();
  }

  private static Thought thought(Members block) {
    Node words = block.need("thinking", Kind.STRING);
    String signature = block.word("signature");
    boolean ours = REASONING.equals(signature) && !words.isBlank();
    return new Thought(block.path(), ours ? words : null);
  }

  private static Call call(Members block) {
    String id = CallIds.openAi(block.needWord("id"));
    Node name = block.need("name", Kind.STRING);
    Node input = block.need("input", Kind.OBJECT);
    Node caller = block.take("caller", Kind.OBJECT);
    if (caller != null) {
      Members by = Members.of(caller, block.path("caller"));
      by.refuseBut("type", "the model alone calls tools there", "\"direct\"");
      by.done();
    }
    block.refuse("toolsets exist at Anthropic alone", "toolset_name");
    return new Call(block.path(), id, name, input);
  }

  private static Result result(Members block) {
    String id = block.needWord("tool_use_id");
    boolean failed = block.flag("is_error");
    block.refuse("toolsets exist at Anthropic alone", "toolset_name");
    List<MessageBlock> texts = new ArrayList<>();
    List<MessageBlock> shown = new ArrayList<>();
    for (MessageBlock part : all(block, "content")) {
      switch (part) {
        case Text text -> texts.add(text);
        case Media media -> {
          shown.add(Text.ours(part.path(), "From the result of the call " + id + ":"));
          shown.add(media);
        }
        case Call _, Result _, Thought _ ->
            throw cannot(part.path(), "the result of a tool is text and images");
      }
    }
    return new Result(block.path(), CallIds.openAi(id), failed, texts, shown);
  }
}
