package dev.tollgate.models;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * What a conversation begins with and every later request of it repeats: where the first text of
 * its instructions stands, and the first and the last text of the user's first message.
 *
 * <p>Texts alone, since clients move marks such as {@code cache_control} from turn to turn.
 */
final class Opening {

  private final List<Span> texts = new ArrayList<>(3);
  private @Nullable Span first;
  private @Nullable Span last;
  private boolean instructions;
  private boolean closed;

  /** Whether the user's first message has not ended yet. */
  boolean isOpen() {
    return !closed;
  }

  /**
   * Sees a string of a turn.
   *
   * @param under the member that the string's object is in; empty: the object is the turn itself
   */
  void told(JsonParser parser, String name, String under) {
    switch (name) {
      case "role" -> {
        if (under.isEmpty()) {
          String role = parser.getString();
          instructions = role.equals("system") || role.equals("developer");
        }
      }
      case "content", "text" -> {
        parser.getStringLength();
        last = ContentScan.here(parser);
        first = first == null ? last : first;
      }
      default -> {}
    }
  }

  /** Ends a turn. */
  void endOfTurn() {
    if (closed) {
      return;
    }
    if (first != null && last != null && !(instructions && !texts.isEmpty())) {
      texts.add(first);
      if (!instructions && last.start() != first.start()) {
        texts.add(last);
      }
    }
    closed = !instructions;
    instructions = false;
    first = null;
    last = null;
  }

  /** In their order; empty: nothing was said in text. */
  List<Span> texts() {
    return List.copyOf(texts);
  }
}
