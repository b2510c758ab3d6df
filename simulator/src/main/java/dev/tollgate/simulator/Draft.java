package dev.tollgate.simulator;

import dev.tollgate.simulator.Tokens.Count;
import dev.tollgate.simulator.Tokens.Source;

/** The arithmetic of one answer's usage. */
final class Draft {

  private final Ask ask;
  private final Tokens tokens;
  private final Trace.Row row;
  private boolean full;

  /**
   * @param row what the trace says of this answer; meaningless without a trace
   */
  Draft(Ask ask, Tokens tokens, Trace.Row row) {
    this.ask = ask;
    this.tokens = tokens;
    this.row = row;
  }

  /**
   * What to report.
   *
   * @param shown tokens of one choice's text and calls
   */
  Counts counts(long shown, PromptCache cache) {
    long reasoned = tokens.reasoning() >= 0 ? tokens.reasoning() : ask.reasons() ? shown : 0;
    long output = output(shown, reasoned);
    PromptCache.Split split = split(cache);
    return new Counts(
        split.fresh(),
        split.read(),
        split.write5m(),
        split.write1h(),
        output,
        Math.min(reasoned, output),
        tokens.inputAudio(),
        tokens.outputAudio(),
        tokens.webSearches());
  }

  /** Whether the output was stopped by its maximum; meaningful after {@link #counts}. */
  boolean full() {
    return full;
  }

  /** As much of {@code text} as the maximum admits, its mark always. */
  String fit(String text, Counts counts) {
    boolean counted = tokens.output().source() == Source.TEXT;
    if (!counted || !full || ask.format() != null) {
      return text;
    }
    long room = (counts.output() / ask.choices() - counts.reasoning()) * Prompt.BYTES_PER_TOKEN;
    long kept = Math.max(Composer.MARK.length(), room);
    return Messages.cut(text, kept);
  }

  private long output(long shown, long reasoned) {
    long most = ask.maximum() * ask.choices();
    Count count = tokens.output();
    long wanted =
        switch (count.source()) {
          case FIXED -> count.fixed();
          case TRACE -> row.output();
          case MAX -> most;
          case TEXT, BODY -> (shown + reasoned) * ask.choices();
        };
    boolean bounded = !tokens.overshoot();
    full = bounded && (wanted > most || count.source() == Source.MAX);
    return bounded ? Math.min(wanted, most) : wanted;
  }

  private PromptCache.Split split(PromptCache cache) {
    PromptCache.Split marked =
        switch (tokens.input().source()) {
          case FIXED -> PromptCache.Split.fresh(tokens.input().fixed());
          case TRACE -> PromptCache.Split.fresh(row.input());
          case BODY -> PromptCache.Split.fresh(ask.bodyBytes());
          case TEXT, MAX -> cache.split(ask.model(), ask.prompt());
        };
    return new PromptCache.Split(
        marked.fresh(),
        tokens.cacheRead() < 0 ? marked.read() : tokens.cacheRead(),
        tokens.cacheWrite5m() < 0 ? marked.write5m() : tokens.cacheWrite5m(),
        tokens.cacheWrite1h() < 0 ? marked.write1h() : tokens.cacheWrite1h());
  }
}
