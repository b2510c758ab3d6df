package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.kernel.Failure;
import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The system prompt and the turns of a request to Messages as the messages of one to Chat
 * Completions. A turn of the user's with results of calls becomes a message for each of them, and
 * one more for what else it says.
 */
final class MessageTurns {

  private final List<MessageBlock> system;
  private final Node turns;

  MessageTurns(Members messages) {
    system = MessageBlock.all(messages, "system");
    turns = messages.need("messages", Kind.ARRAY);
    if (turns.values.isEmpty()) {
      throw Failure.invalid("messages", "the field messages must have a message");
    }
  }

  void write(Out out) {
    out.array("messages");
    instructions(system, out);
    for (int i = 0; i < turns.values.size(); i++) {
      Members turn = Members.of(turns.values.get(i), "messages[" + i + "]");
      String role = turn.needWord("role");
      boolean last = i == turns.values.size() - 1;
      List<MessageBlock> blocks = MessageBlock.all(turn, "content");
      turn.done();
      switch (role) {
        case "user" -> user(blocks, out);
        case "assistant" -> {
          if (last) {
            throw cannot(turn.path(), "it cannot go on with an answer that was begun for it");
          }
          assistant(blocks, out);
        }
        case "system" -> instructions(blocks, out);
        default -> throw cannot(turn.path("role"), "it knows no role " + role);
      }
    }
    out.endArray();
  }

  private static void instructions(List<MessageBlock> blocks, Out out) {
    for (MessageBlock block : blocks) {
      if (!(block instanceof MessageBlock.Text)) {
        throw cannot(block.path(), "instructions are text there");
      }
    }
    if (!blocks.isEmpty()) {
      out.object().put("role", "system");
      content(blocks, out);
      out.endObject();
    }
  }

  private static void user(List<MessageBlock> blocks, Out out) {
    List<MessageBlock> said = new ArrayList<>();
    List<MessageBlock.Result> results = new ArrayList<>();
    for (MessageBlock block : blocks) {
      switch (block) {
        case MessageBlock.Result result -> results.add(result);
        case MessageBlock.Text text -> said.add(text);
        case MessageBlock.Media media -> said.add(media);
        case MessageBlock.Call call -> throw cannot(call.path(), "the user calls no tools");
        case MessageBlock.Thought thought ->
            throw cannot(thought.path(), "the user's thoughts are no part of a conversation");
      }
    }
    for (MessageBlock.Result result : results) {
      result.write(out);
    }
    // A tool's message is text alone there, so what it shows comes after, with the call's name.
    List<MessageBlock> shown = new ArrayList<>();
    for (MessageBlock.Result result : results) {
      shown.addAll(result.shown());
    }
    shown.addAll(said);
    if (!shown.isEmpty()) {
      out.object().put("role", "user");
      content(shown, out);
      out.endObject();
    }
  }

  private static void assistant(List<MessageBlock> blocks, Out out) {
    List<MessageBlock> texts = new ArrayList<>();
    List<MessageBlock.Call> calls = new ArrayList<>();
    List<Node> thoughts = new ArrayList<>();
    for (MessageBlock block : blocks) {
      switch (block) {
        case MessageBlock.Text text -> texts.add(text);
        case MessageBlock.Call call -> calls.add(call);
        case MessageBlock.Thought thought -> {
          if (thought.words() != null) {
            thoughts.add(thought.words());
          }
        }
        case MessageBlock.Media media ->
            throw cannot(media.path(), "the assistant shows no images or documents there");
        case MessageBlock.Result result ->
            throw cannot(result.path(), "results of tools are the user's to give");
      }
    }
    if (texts.isEmpty() && calls.isEmpty()) {
      // Thinking without an answer is nothing that the model's API could be given back.
      return;
    }
    out.object().put("role", "assistant");
    content(texts, out);
    if (!calls.isEmpty()) {
      if (!thoughts.isEmpty()) {
        out.put("reasoning_content", MessageAnswer.joined(thoughts));
      }
      out.array("tool_calls");
      calls.forEach(call -> call.write(out));
      out.endArray();
    }
    out.endObject();
  }

  /** One text is a string, which every server takes; more are a list of parts. */
  static void content(List<MessageBlock> blocks, Out out) {
    if (blocks.isEmpty()) {
      out.putNull("content");
    } else if (blocks.size() == 1 && blocks.getFirst() instanceof MessageBlock.Text text) {
      text.string("content", out);
    } else {
      out.array("content");
      blocks.forEach(block -> block.write(out));
      out.endArray();
    }
  }
}
