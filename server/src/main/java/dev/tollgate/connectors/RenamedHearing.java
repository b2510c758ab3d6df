package dev.tollgate.connectors;

import dev.tollgate.mcp.Message;
import dev.tollgate.upstreams.Hearing;
import dev.tollgate.upstreams.Question;

/** Hears one connector, and passes it on under the names of all. */
record RenamedHearing(String connector, Hearing to) implements Hearing {

  @Override
  public void heard(Message.Notification notification) {
    to.heard(Naming.changed(connector, notification));
  }

  @Override
  public void asked(Question question) {
    to.asked(question);
  }
}
