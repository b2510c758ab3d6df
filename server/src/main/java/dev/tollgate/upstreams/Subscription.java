package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A modern client's {@code subscriptions/listen} at a legacy server: its session's stream,
 * filtered, and a {@code resources/subscribe} for each resource (MCP 2026-07-28, Subscriptions;
 * 2025-11-25, Resources). Lives on its event loop.
 */
final class Subscription extends Successive implements Hearing {

  private static final int RESOURCES = 256;

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;
  private final Members wanted;
  private final List<String> resources = new ArrayList<>();

  private @Nullable Loan loan;
  private Members honoured = Members.NONE;

  Subscription(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
    this.wanted = Members.orNone(invocation.params()).within("notifications");
  }

  Subscription start() {
    loop.take(target, invocation.client(), invocation.affinity())
        .onComplete(
            this::begin,
            failure -> listener.answered(new Answer.Failed(Call.asFailure(target, failure))));
    return this;
  }

  private void begin(Sessions.Taken taken) {
    if (cancelled()) {
      taken.end();
      return;
    }
    loan = taken;
    LegacySession opened = taken.session();
    Members capabilities = Members.orNone(opened.face().capabilities());
    honour("toolsListChanged", capabilities.within("tools"));
    honour("promptsListChanged", capabilities.within("prompts"));
    honour("resourcesListChanged", capabilities.within("resources"));
    Raw subscribe = capabilities.within("resources").get("subscribe");
    if (subscribe != null && subscribe.isTrue()) {
      follow();
    }
    listener.notified(
        new Message.Notification(
            Method.ACKNOWLEDGED, Members.NONE.with("notifications", honoured.raw()).raw()));
    // A server sends each message on one stream alone: all who have the session share it.
    under(taken.hearing().join(loop, Set.copyOf(resources), this));
  }

  private void honour(String field, Members capability) {
    Raw asked = wanted.get(field);
    Raw offered = capability.get("listChanged");
    if (asked != null && asked.isTrue() && offered != null && offered.isTrue()) {
      honoured = honoured.with(field, Raw.TRUE);
    }
  }

  private void follow() {
    for (Raw each : Elements.of(wanted.get("resourceSubscriptions"))) {
      String uri = each.string();
      if (uri != null && resources.size() < RESOURCES) {
        resources.add(uri);
      }
    }
    if (!resources.isEmpty()) {
      honoured = honoured.with("resourceSubscriptions", Elements.strings(resources));
    }
  }

  @Override
  public void heard(Message.Notification notification) {
    Members params = Members.orNone(notification.params());
    boolean wantedToo =
        switch (notification.method()) {
          case Method.TOOLS_CHANGED -> honoured.has("toolsListChanged");
          case Method.PROMPTS_CHANGED -> honoured.has("promptsListChanged");
          case Method.RESOURCES_CHANGED -> honoured.has("resourcesListChanged");
          case Method.RESOURCE_UPDATED -> resources.contains(params.string("uri"));
          default -> false;
        };
    if (wantedToo) {
      listener.notified(notification);
    }
  }

  @Override
  public void asked(Question question) {
    question.refuse("there is no call to ask about");
  }

  /** The client subscribes anew where it still wants to. */
  @Override
  public void lost() {
    giveBack();
    listener.answered(
        new Answer.Failed(
            Failure.of(
                ErrorCode.UPSTREAM_INVALID,
                "connector " + target.name() + " ended the session that was listened to")));
  }

  private void giveBack() {
    if (loan != null) {
      loan.end();
      loan = null;
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    giveBack();
  }
}
