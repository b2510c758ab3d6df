package dev.tollgate.upstreams;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All who listen to one session: the server is listened to once, since it sends each message on one
 * stream alone (MCP 2025-11-25, Streamable HTTP, Multiple Connections), and each hears of changes
 * of lists and of the resources that are his. What else comes outside of calls could be anybody's,
 * and reaches nobody. Lives on the event loop that opened the session, whichever loops listen.
 */
final class SharedHearing implements Hearing {

  private final UpstreamLoop home;
  private final LegacySession session;
  private final Map<Ear, Set<String>> ears = new LinkedHashMap<>();
  private @Nullable Ongoing listening;

  SharedHearing(UpstreamLoop home, LegacySession session) {
    this.home = home;
    this.session = session;
  }

  /** One who listens, on whichever loop. */
  private final class Ear implements Ongoing {

    private final OneOfMany one;

    Ear(UpstreamLoop loop, Hearing hearing) {
      this.one = new OneOfMany(loop, hearing);
    }

    void hear(Message.Notification notification) {
      one.hear(notification);
    }

    void lost() {
      one.lost();
    }

    @Override
    public void cancel() {
      home.run(() -> leave(this));
    }

    @Override
    public void pause() {
      // The stream is everybody's: what is heard is small, and rare.
    }

    @Override
    public void resume() {}
  }

  /**
   * Listens from now on, until cancelled.
   *
   * @param uris of resources whose changes are wanted
   */
  Ongoing join(UpstreamLoop loop, Set<String> uris, Hearing hearing) {
    Ear ear = new Ear(loop, hearing);
    Set<String> own = Set.copyOf(uris);
    home.run(() -> enter(ear, own));
    return ear;
  }

  private void enter(Ear ear, Set<String> uris) {
    if (!session.alive()) {
      ear.lost();
      return;
    }
    List<String> fresh = uris.stream().filter(uri -> !wanted(uri)).toList();
    ears.put(ear, uris);
    if (listening == null) {
      listening = session.listen(home, this);
    }
    fresh.forEach(uri -> say(Method.SUBSCRIBE, uri));
  }

  private void leave(Ear ear) {
    Set<String> uris = ears.remove(ear);
    if (uris == null) {
      return;
    }
    uris.stream().filter(uri -> !wanted(uri)).forEach(uri -> say(Method.UNSUBSCRIBE, uri));
    if (ears.isEmpty()) {
      end();
    }
  }

  private void end() {
    if (listening != null) {
      listening.cancel();
      listening = null;
    }
  }

  private boolean wanted(String uri) {
    return ears.values().stream().anyMatch(uris -> uris.contains(uri));
  }

  private void say(String method, String uri) {
    if (session.alive()) {
      Client client = new Client(Revision.NEWEST_LEGACY, session.capabilities(), null);
      Raw params = Members.NONE.with("uri", Raw.string(uri)).raw();
      session.call(
          home, new Invocation(client, method, params, null, "", Map.of()), Listener.NOBODY);
    }
  }

  @Override
  public void heard(Message.Notification notification) {
    switch (notification.method()) {
      case Method.TOOLS_CHANGED, Method.PROMPTS_CHANGED, Method.RESOURCES_CHANGED ->
          List.copyOf(ears.keySet()).forEach(ear -> ear.hear(notification));
      case Method.RESOURCE_UPDATED -> {
        String uri = String.valueOf(Members.orNone(notification.params()).string("uri"));
        List.copyOf(ears.entrySet()).stream()
            .filter(each -> each.getValue().contains(uri))
            .forEach(each -> each.getKey().hear(notification));
      }
      default -> {
        // A line of the log, or what nobody here knows.
      }
    }
  }

  @Override
  public void asked(Question question) {
    question.refuse("several clients share this session: ask on the stream of a request");
  }

  @Override
  public void lost() {
    List<Ear> all = List.copyOf(ears.keySet());
    ears.clear();
    end();
    all.forEach(Ear::lost);
  }
}
