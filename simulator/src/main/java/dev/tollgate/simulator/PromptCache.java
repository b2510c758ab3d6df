package dev.tollgate.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which prefixes of prompts were seen: written at the first sight, read ever after.
 *
 * <p>Remembers the last 10,000; guarded by its own monitor.
 */
final class PromptCache {

  private static final int REMEMBERED = 10_000;

  private final Map<Prefix, Boolean> seen = new LinkedHashMap<>();

  private record Prefix(String model, long hash, long bytes) {}

  /** Tokens of a prompt by what became of them; disjoint. */
  record Split(long fresh, long read, long write5m, long write1h) {
    static Split fresh(long tokens) {
      return new Split(tokens, 0, 0, 0);
    }
  }

  /** Splits {@code prompt} at its marks and remembers them. */
  synchronized Split split(String model, Prompt prompt) {
    long read = 0;
    List<Prompt.Mark> marks = prompt.marks();
    for (Prompt.Mark mark : marks) {
      if (seen.containsKey(new Prefix(model, mark.hash(), mark.bytes()))) {
        read = Math.max(read, Prompt.tokens(mark.bytes()));
      }
    }
    long done = read;
    long[] written = new long[2];
    for (Prompt.Mark mark : marks) {
      long end = Math.max(done, Prompt.tokens(mark.bytes()));
      written[mark.hour() ? 1 : 0] += end - done;
      done = end;
      remember(new Prefix(model, mark.hash(), mark.bytes()));
    }
    return new Split(Math.max(0, prompt.tokens() - done), read, written[0], written[1]);
  }

  synchronized void clear() {
    seen.clear();
  }

  private void remember(Prefix prefix) {
    if (seen.putIfAbsent(prefix, true) == null && seen.size() > REMEMBERED) {
      seen.remove(seen.keySet().iterator().next());
    }
  }
}
