package dev.tollgate.connectors;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Question;

/**
 * Hears one connector's subscription as a part of that to all: acknowledged once for all, and not
 * ended by one.
 */
record RenamedChanges(String connector, Listener to) implements Listener {

  @Override
  public void notified(Message.Notification notification) {
    if (!notification.method().equals(Method.ACKNOWLEDGED)) {
      to.notified(Naming.changed(connector, notification));
    }
  }

  @Override
  public void asked(Question question) {
    question.answer(
        new Question.Reply.Fault(
            RpcError.of(RpcError.METHOD_NOT_FOUND, "there is no call to ask about").error()));
  }

  @Override
  public void answered(Answer answer) {
    // The others go on.
  }
}
