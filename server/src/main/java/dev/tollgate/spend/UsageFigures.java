package dev.tollgate.spend;

/**
 * What calls used, added up. A call here is an attempt at a provider that was charged, or a call of
 * a tool.
 *
 * @param unpriced calls of a model that had no price
 * @param downgraded calls that the ladder sent to another model
 * @param errors calls that ended with an error and were charged
 * @param disconnected calls whose caller went away
 * @param cached calls of tools that the cache answered
 * @param held the sum of what they held; usually more than they cost
 * @param tokens the sums of the classes of tokens; a call counts at most 10^12 of each
 * @param totalMicros from the request to its end, summed
 * @param firstBytes calls of which a byte came, and {@code firstByteMicros} how long that took them
 * @param upstreamMicros spent at providers
 */
public record UsageFigures(
    long calls,
    long unpriced,
    long downgraded,
    long errors,
    long disconnected,
    long cached,
    Money cost,
    Money held,
    Usage tokens,
    long totalMicros,
    long firstBytes,
    long firstByteMicros,
    long upstreamMicros) {

  /** No call. */
  public static final UsageFigures NONE =
      new UsageFigures(0, 0, 0, 0, 0, 0, Money.ZERO, Money.ZERO, Usage.NONE, 0, 0, 0, 0);

  /** Both together. */
  UsageFigures plus(UsageFigures more) {
    return new UsageFigures(
        calls + more.calls,
        unpriced + more.unpriced,
        downgraded + more.downgraded,
        errors + more.errors,
        disconnected + more.disconnected,
        cached + more.cached,
        cost.plus(more.cost),
        held.plus(more.held),
        plus(tokens, more.tokens),
        totalMicros + more.totalMicros,
        firstBytes + more.firstBytes,
        firstByteMicros + more.firstByteMicros,
        upstreamMicros + more.upstreamMicros);
  }

  private static Usage plus(Usage a, Usage b) {
    return new Usage(
        a.input() + b.input(),
        a.cacheRead() + b.cacheRead(),
        a.cacheWrite5m() + b.cacheWrite5m(),
        a.cacheWrite1h() + b.cacheWrite1h(),
        a.output() + b.output(),
        a.reasoning() + b.reasoning(),
        a.inputAudio() + b.inputAudio(),
        a.outputAudio() + b.outputAudio(),
        a.webSearches() + b.webSearches(),
        null,
        null,
        null);
  }
}
