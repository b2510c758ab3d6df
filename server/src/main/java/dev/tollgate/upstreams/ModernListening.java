package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A legacy client's stream of changes from a modern server: a subscription to all that it would be
 * told, opened again when it ends (MCP 2026-07-28, Subscriptions). Lives on its event loop.
 */
final class ModernListening implements Ongoing, Listener {

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final UpstreamLoop loop;
  private final Target target;
  private final Client client;
  private final Set<String> uris;
  private final Hearing hearing;

  private @Nullable Ongoing ongoing;
  private @Nullable Deadline again;
  private int failures;
  private boolean over;

  /**
   * A subscription.
   *
   * @param uris of resources whose changes are wanted
   */
  ModernListening(
      UpstreamLoop loop, Target target, Client client, Set<String> uris, Hearing hearing) {
    this.loop = loop;
    this.target = target;
    this.client = client;
    this.uris = uris;
    this.hearing = hearing;
  }

  ModernListening open() {
    again = null;
    if (over) {
      return this;
    }
    Members filter =
        Members.NONE
            .with("toolsListChanged", Raw.TRUE)
            .with("promptsListChanged", Raw.TRUE)
            .with("resourcesListChanged", Raw.TRUE)
            .withIf("resourceSubscriptions", uris.isEmpty() ? null : Elements.strings(uris));
    Raw params = Members.NONE.with("notifications", filter.raw()).raw();
    ongoing =
        loop.modern(
            target, new Invocation(client, Method.LISTEN, params, null, "", Map.of()), this);
    return this;
  }

  @Override
  public void notified(Message.Notification notification) {
    failures = 0;
    if (notification.method().equals(Method.ACKNOWLEDGED)) {
      return;
    }
    Members params = Members.orNone(notification.params());
    Members meta = params.within(Meta.FIELD).without(Meta.SUBSCRIPTION_ID);
    Members plain =
        meta.isEmpty() ? params.without(Meta.FIELD) : params.with(Meta.FIELD, meta.raw());
    hearing.heard(
        new Message.Notification(notification.method(), plain.isEmpty() ? null : plain.raw()));
  }

  @Override
  public void asked(Question question) {}

  @Override
  public void answered(Answer answer) {
    boolean refused = answer instanceof Answer.Fault;
    if (!over && !refused) {
      long wait = SHORTEST.toNanos() << Math.min(failures++, 6);
      again = loop.deadlines().arm(loop.clock().nanoTime() + wait, this::open);
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (again != null) {
      again.disarm();
    }
    if (ongoing != null) {
      ongoing.cancel();
    }
  }

  @Override
  public void pause() {
    if (ongoing != null) {
      ongoing.pause();
    }
  }

  @Override
  public void resume() {
    if (ongoing != null) {
      ongoing.resume();
    }
  }
}
