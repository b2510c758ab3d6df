package dev.tollgate.limits;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.util.Map;

/** A limit's refusal, in words and headers for its caller. */
final class Refusals {

  private Refusals() {}

  static Failure of(Entry.Limited limited) {
    Duration retry = limited.retryAfter();
    if (retry == null) {
      return Failure.of(code(limited.kind()), tooLarge(limited))
          .with(Map.of("x-should-retry", "false"));
    }
    long seconds = Math.max(1, Math.ceilDiv(retry.toMillis(), 1_000));
    return Failure.of(code(limited.kind()), used(limited) + "; try again in " + seconds + " s")
        .with(Map.of("retry-after", Long.toString(seconds)));
  }

  private static ErrorCode code(Kind kind) {
    return switch (kind) {
      case REQUESTS -> ErrorCode.REQUESTS_LIMITED;
      case TOKENS -> ErrorCode.TOKENS_LIMITED;
      case STREAMS -> ErrorCode.STREAMS_LIMITED;
    };
  }

  private static String used(Entry.Limited limited) {
    String whose = "this " + limited.level().wire();
    return switch (limited.kind()) {
      case REQUESTS ->
          whose + " may make " + limited.most() + " requests a minute, and they are used";
      case TOKENS ->
          "this call may take "
              + limited.needed()
              + " tokens, and fewer are left of the "
              + limited.most()
              + " a minute that "
              + whose
              + " may use";
      case STREAMS -> whose + " may have " + limited.most() + " streams at once, and they are open";
    };
  }

  private static String tooLarge(Entry.Limited limited) {
    return "this call may take "
        + limited.needed()
        + " tokens, more than the "
        + limited.most()
        + " a minute that this "
        + limited.level().wire()
        + " may use; shorten the prompt or lower the maximum of the answer";
  }
}
