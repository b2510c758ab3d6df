package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A provider's refusal after which another attempt is made: kept, to be passed on where that one
 * brings no answer at all. Nothing is charged for it.
 */
final class KeptRelay implements Relay {

  /** Error bodies are small; what is longer is let go, and then told in our own words. */
  private static final int LONGEST = 256 * 1024;

  private final Attempt attempt;
  private final Buffer body = Buffer.buffer();
  private boolean over;

  KeptRelay(Attempt attempt) {
    this.attempt = attempt;
  }

  @Override
  public void chunk(Buffer chunk) {
    if (over) {
      return;
    }
    if (body.length() + chunk.length() > LONGEST) {
      over(null);
    } else {
      body.appendBuffer(chunk);
    }
  }

  @Override
  public void end() {
    over(body);
  }

  @Override
  public void cut(Failure why) {
    over(null);
  }

  private void over(@Nullable Buffer whole) {
    if (!over) {
      over = true;
      attempt.failedOver(whole);
    }
  }

  @Override
  public Answer soFar() {
    return Answer.refused();
  }

  /** Only the end of a caller who went away waits for it: nobody is left to tell. */
  @Override
  public void settled() {}
}
