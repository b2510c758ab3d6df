package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;
import java.util.function.UnaryOperator;

/**
 * A refusal of a provider of the other dialect: written anew for the caller, the same status and
 * message, when it is whole. Nothing is charged for it.
 */
final class CrossedErrorRelay implements Relay {

  /** What is longer is no message. */
  private static final int LONGEST = 256 * 1024;

  private final Outlet outlet;
  private final UnaryOperator<byte[]> translation;
  private final Buffer body = Buffer.buffer();
  private Buffer written = Buffer.buffer();

  CrossedErrorRelay(Outlet outlet, UnaryOperator<byte[]> translation) {
    this.outlet = outlet;
    this.translation = translation;
  }

  @Override
  public void chunk(Buffer chunk) {
    if (body.length() + chunk.length() <= LONGEST) {
      body.appendBuffer(chunk);
    }
  }

  @Override
  public void end() {
    over();
  }

  @Override
  public void cut(Failure why) {
    over();
  }

  private void over() {
    written = Buffer.buffer(translation.apply(body.getBytes()));
    outlet.head(written.length(), null);
    outlet.settle(Answer.refused());
  }

  @Override
  public Answer soFar() {
    return Answer.refused();
  }

  @Override
  public void settled() {
    outlet.finish(written);
  }
}
