package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.kernel.Failure;
import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a request to Chat Completions as the system prompt and the turns of one to
 * Messages. Messages of one side that follow each other are one turn: a provider of Messages wants
 * all results of a turn's calls in the turn after it.
 */
final class ChatTurns {

  private static final String NAME = "participants have no names there";

  private record Message(String role, Members members) {}

  private final List<Message> system = new ArrayList<>();
  private final List<Message> turns = new ArrayList<>();

  ChatTurns(Node messages) {
    for (int i = 0; i < messages.values.size(); i++) {
      Members members = Members.of(messages.values.get(i), "messages[" + i + "]");
      String role = members.needWord("role");
      switch (role) {
        case "system", "developer" -> system.add(new Message(role, members));
        case "user", "assistant", "tool" -> turns.add(new Message(role, members));
        case "function" ->
            throw cannot(members.path("role"), "functions are deprecated; use tools");
        default -> throw cannot(members.path("role"), "it knows no role " + role);
      }
    }
    if (turns.isEmpty()) {
      throw Failure.invalid(
          "messages", "the field messages must have a message beside those of the system");
    }
    Message last = turns.getLast();
    if (last.role.equals("assistant")) {
      throw cannot(
          last.members.path(),
          "it would go on with the assistant's last message instead of answering it");
    }
  }

  /** Instructions, wherever they stand, in their order. */
  void system(Out out) {
    boolean opened = false;
    for (Message message : system) {
      Members members = message.members;
      members.refuse(NAME, "name");
      for (ChatPart part : ChatPart.all(members, "content")) {
        if (!(part instanceof ChatPart.Text text)) {
          throw cannot(part.path(), "instructions are text there");
        }
        if (!text.text().isBlank()) {
          if (!opened) {
            opened = true;
            out.array("system");
          }
          text.write(out);
        }
      }
      members.done();
    }
    if (opened) {
      out.endArray();
    }
  }

  void messages(Out out) {
    out.array("messages");
    String open = "";
    for (Message message : turns) {
      Runnable content = content(message, out);
      if (content == null) {
        continue;
      }
      String side = message.role.equals("assistant") ? "assistant" : "user";
      if (!side.equals(open)) {
        if (!open.isEmpty()) {
          out.endArray().endObject();
        }
        out.object().put("role", side).array("content");
        open = side;
      }
      content.run();
    }
    if (!open.isEmpty()) {
      out.endArray().endObject();
    }
    out.endArray();
  }

  /** Writes the blocks of one message; null: an assistant's that says nothing. */
  private static @Nullable Runnable content(Message message, Out out) {
    return switch (message.role) {
      case "assistant" -> {
        ChatAssistant said = ChatAssistant.of(message.members);
        yield said.isEmpty() ? null : () -> said.write(out);
      }
      case "tool" -> () -> result(message.members, out);
      default -> () -> user(message.members, out);
    };
  }

  private static void user(Members members, Out out) {
    members.refuse(NAME, "name");
    boolean said = false;
    for (ChatPart part : ChatPart.all(members, "content")) {
      if (!part.says()) {
        continue;
      }
      said = true;
      part.write(out);
    }
    if (!said) {
      throw cannot(members.path("content"), "a turn of the user's says something there");
    }
    members.done();
  }

  private static void result(Members members, Out out) {
    out.object().put("type", "tool_result");
    out.put("tool_use_id", CallIds.anthropic(members.needWord("tool_call_id")));
    Node content = members.take("content");
    if (content != null && content.is(Kind.STRING)) {
      out.put("content", content);
    } else if (content != null) {
      out.array("content");
      for (ChatPart part : ChatPart.all(content, members.path("content"))) {
        if (part.says()) {
          part.write(out);
        }
      }
      out.endArray();
    }
    // Of the function, which the call says too.
    members.drop("name");
    members.done();
    out.endObject();
  }
}
