package dev.tollgate.upstreams;

import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Seal;

/** Seals the state that a modern server wants brought back, so that nobody else can bring it. */
final class SealedStates implements Listener {

  private static final String PREFIX = "m";

  private final Seal seal;
  private final String context;
  private final Listener listener;

  SealedStates(Seal seal, String context, Listener listener) {
    this.seal = seal;
    this.context = context;
    this.listener = listener;
  }

  @Override
  public void notified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  public void asked(Question question) {
    listener.asked(question);
  }

  @Override
  public void answered(Answer answer) {
    listener.answered(answer instanceof Answer.Result result ? sealed(result) : answer);
  }

  private Answer sealed(Answer.Result result) {
    InputRequired required = InputRequired.of(result.result());
    return required == null || required.state() == null
        ? result
        : new Answer.Result(
            InputRequired.withState(
                result.result(), seal.close(PREFIX + required.state(), context)));
  }
}
