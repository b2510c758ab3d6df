package dev.tollgate.connectors;

import dev.tollgate.mcp.Message;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Question;
import java.time.Duration;

/** Hears of a list of tools, and passes on what its caller may use. */
record ListingListener(Listener to, Connector connector, ToolHints hints) implements Listener {

  @Override
  public void notified(Message.Notification notification) {
    to.notified(notification);
  }

  @Override
  public void asked(Question question) {
    to.asked(question);
  }

  @Override
  public void sourced(String status, Duration age) {
    to.sourced(status, age);
  }

  @Override
  public void answered(Answer answer) {
    if (answer instanceof Answer.Result(var result)) {
      hints.note(connector.target(), result);
      to.answered(new Answer.Result(ToolFilter.visible(result, connector.tools())));
    } else {
      to.answered(answer);
    }
  }
}
