package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A provider's refusal: passed on unmodified, and nothing is charged for it. */
final class ErrorRelay implements Relay {

  private final Outlet outlet;
  private @Nullable Buffer last;

  /**
   * @param declaredLength the provider's {@code content-length}; -1: none
   */
  ErrorRelay(Outlet outlet, long declaredLength) {
    this.outlet = outlet;
    outlet.head(declaredLength, null);
  }

  @Override
  public void chunk(Buffer chunk) {
    if (last != null) {
      outlet.write(last);
    }
    last = chunk;
  }

  @Override
  public void end() {
    outlet.settle(Answer.refused());
  }

  @Override
  public void cut(Failure why) {
    outlet.settle(Answer.refused());
  }

  @Override
  public Answer soFar() {
    return Answer.refused();
  }

  @Override
  public void settled() {
    outlet.finish(last);
  }
}
