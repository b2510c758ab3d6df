package dev.tollgate.translation;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what a provider of OpenAI's dialect says in {@code content}: mostly a string, which is
 * one part. Models that think say it in a list at some: Mistral's, of {@code text}, {@code
 * thinking} and {@code reference} (API reference, Chat), and those that Databricks serves, of
 * {@code text} and {@code reasoning}.
 *
 * @param text a string of at least a character
 */
record ContentPart(boolean thinking, Node text) {

  /**
   * The parts of {@code content}, in their order.
   *
   * @param content null: nothing is said
   */
  static List<ContentPart> all(@Nullable Node content) {
    if (content == null) {
      return List.of();
    }
    if (content.is(Kind.STRING)) {
      return content.isBlank() ? List.of() : List.of(new ContentPart(false, content));
    }
    if (!content.is(Kind.ARRAY)) {
      throw Upstream.invalid("content is neither a string nor a list");
    }
    List<ContentPart> parts = new ArrayList<>(content.values.size());
    for (Node part : content.values) {
      if (!part.is(Kind.OBJECT)) {
        throw Upstream.invalid("a part of content is no object");
      }
      String type = Upstream.needText(part, "type");
      switch (type) {
        case "text" -> add(false, Upstream.need(part, "text", Kind.STRING), parts);
        case "thinking" -> thoughts(part.get("thinking"), parts);
        case "reasoning" -> thoughts(part.get("summary"), parts);
        // Which of the caller's documents the words are from: annotations are left out, too.
        case "reference" -> {}
        default -> throw Upstream.invalid("it has a part of type " + type);
      }
    }
    return parts;
  }

  /** Thinking is a string, or a list in which there may be references again. */
  private static void thoughts(@Nullable Node thinking, List<ContentPart> parts) {
    if (thinking == null) {
      return;
    }
    if (thinking.is(Kind.STRING)) {
      add(true, thinking, parts);
      return;
    }
    if (!thinking.is(Kind.ARRAY)) {
      throw Upstream.invalid("thinking is neither a string nor a list");
    }
    for (Node part : thinking.values) {
      Node text = part.get("text");
      if (text != null) {
        add(true, Upstream.need(part, "text", Kind.STRING), parts);
      }
    }
  }

  private static void add(boolean thinking, Node text, List<ContentPart> parts) {
    if (!text.isBlank()) {
      parts.add(new ContentPart(thinking, text));
    }
  }
}
