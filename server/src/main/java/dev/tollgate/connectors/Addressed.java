package dev.tollgate.connectors;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Question;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request to all connectors that is for one of them.
 *
 * @param params under that one's own names
 */
record Addressed(String connector, @Nullable Raw params) {

  /** Whom {@code ask} is for; null: for none that could be told by its names. */
  static @Nullable Addressed of(Ask ask) {
    Members params = Members.orNone(ask.params());
    return switch (ask.method()) {
      case Method.TOOLS_CALL, Method.PROMPTS_GET ->
          named(params, "name", Naming.Apart.name(params.string("name")));
      case Method.RESOURCES_READ, Method.SUBSCRIBE, Method.UNSUBSCRIBE ->
          named(params, "uri", Naming.Apart.uri(params.string("uri")));
      case Method.COMPLETE -> reference(params);
      default -> null;
    };
  }

  private static @Nullable Addressed named(
      Members params, String field, Naming.@Nullable Apart apart) {
    return apart == null
        ? null
        : new Addressed(apart.connector(), params.with(field, Raw.string(apart.own())).raw());
  }

  private static @Nullable Addressed reference(Members params) {
    Members reference = params.within("ref");
    boolean resource = "ref/resource".equals(reference.string("type"));
    Addressed inner =
        resource
            ? named(reference, "uri", Naming.Apart.uri(reference.string("uri")))
            : named(reference, "name", Naming.Apart.name(reference.string("name")));
    Raw renamed = inner == null ? null : inner.params();
    return inner == null || renamed == null
        ? null
        : new Addressed(inner.connector(), params.with("ref", renamed).raw());
  }

  /** Renames what comes back for {@code listener}. */
  Listener renaming(String method, Listener listener) {
    return new Listener() {
      @Override
      public void notified(Message.Notification notification) {
        listener.notified(notification);
      }

      @Override
      public void asked(Question question) {
        listener.asked(question);
      }

      @Override
      public void primed(@Nullable Long retryMillis) {
        listener.primed(retryMillis);
      }

      @Override
      public void interrupted() {
        listener.interrupted();
      }

      @Override
      public void sourced(String status, Duration age) {
        listener.sourced(status, age);
      }

      @Override
      public void answered(Answer answer) {
        listener.answered(
            answer instanceof Answer.Result result
                ? new Answer.Result(Naming.result(connector, method, result.result()))
                : answer);
      }
    };
  }
}
