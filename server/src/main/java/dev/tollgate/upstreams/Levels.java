package dev.tollgate.upstreams;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Severities of log lines (RFC 5424, section 6.2.1), least severe first. */
final class Levels {

  private static final List<String> ALL =
      List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private Levels() {}

  /** Whether a line of a log is at least as severe as {@code wanted}. */
  static boolean reaches(@Nullable Raw line, String wanted) {
    String level = Members.orNone(line).string("level");
    return level == null || ALL.indexOf(level) >= ALL.indexOf(wanted);
  }

  /**
   * Tells a server what a session wants of its log, where it has one and was told otherwise before.
   *
   * @param wanted null: nothing is said
   * @return the session, whatever the server says to that
   */
  static Future<LegacySession> tell(
      UpstreamLoop loop, LegacySession session, Client client, @Nullable String wanted) {
    if (wanted == null
        || wanted.equals(session.logLevel())
        || !Members.orNone(session.face().capabilities()).has("logging")) {
      return Future.succeededFuture(session);
    }
    session.logLevel(wanted);
    Promise<LegacySession> told = Promise.promise();
    Raw params = Members.NONE.with("level", Raw.string(wanted)).raw();
    session.call(
        loop,
        new Invocation(client, Method.SET_LEVEL, params, null, "", Map.of()),
        new Listener() {
          @Override
          public void notified(Message.Notification notification) {}

          @Override
          public void asked(Question question) {
            question.refuse("there is no call to ask about");
          }

          @Override
          public void answered(Answer answer) {
            told.tryComplete(session);
          }
        });
    return told.future();
  }
}
