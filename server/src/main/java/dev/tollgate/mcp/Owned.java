package dev.tollgate.mcp;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client is handed to come back with, and the node that has what it stands for. The node's
 * name is not secret, and proves nothing: whoever changes it is led to a node that knows of
 * nothing.
 *
 * @param name what the node calls it
 */
public record Owned(UUID node, String name) {

  private static final char BETWEEN = '~';

  /** As clients are handed it; visible characters of ASCII where the name is. */
  public String text() {
    return node.toString() + BETWEEN + name;
  }

  /** What {@code text} says; null: it names no node. */
  public static @Nullable Owned read(String text) {
    int between = text.indexOf(BETWEEN);
    if (between < 0) {
      return null;
    }
    try {
      return new Owned(UUID.fromString(text.substring(0, between)), text.substring(between + 1));
    } catch (IllegalArgumentException noNode) {
      return null;
    }
  }
}
