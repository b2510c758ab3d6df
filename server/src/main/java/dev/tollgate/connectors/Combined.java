package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.ServerFace;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Hearing;
import dev.tollgate.upstreams.Introduction;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.UpstreamLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All of a caller's connectors as one server. Lives on one event loop. */
final class Combined {

  /** A connector that is slower than this does not hold up the others. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final UpstreamLoop upstreams;
  private final Sending sending;
  private final Deadlines deadlines;
  private final Clock clock;

  Combined(UpstreamLoop upstreams, Sending sending, Deadlines deadlines, Clock clock) {
    this.upstreams = upstreams;
    this.sending = sending;
    this.deadlines = deadlines;
    this.clock = clock;
  }

  Future<Introduction> introduce(Downstream downstream, List<Connector> connectors) {
    Map<String, ServerFace> faces = new HashMap<>();
    List<String> unavailable = new ArrayList<>(connectors.stream().map(Connector::name).toList());
    Promise<Introduction> all = Promise.promise();
    Deadline late = in(() -> all.tryComplete(introduction(faces, unavailable)));
    List<Future<?>> asked = new ArrayList<>();
    for (Connector connector : connectors) {
      asked.add(
          upstreams
              .introduce(connector.target(), downstream.client(), downstream.affinity())
              .onSuccess(shown -> {
                faces.put(connector.name(), shown.face());
                unavailable.remove(connector.name());
              }));
    }
    Future.join(asked)
        .onComplete(ignored -> {
          late.disarm();
          all.tryComplete(introduction(faces, unavailable));
        });
    return all.future();
  }

  private Introduction introduction(Map<String, ServerFace> faces, List<String> unavailable) {
    return new Introduction(
        Era.MODERN, CombinedFace.of(upstreams.introduction(), faces, unavailable), null);
  }

  private Deadline in(Runnable late) {
    return deadlines.arm(clock.nanoTime() + PATIENCE.toNanos(), late);
  }

  /** Lists what all of them list. */
  Ongoing list(Downstream downstream, List<Connector> connectors, Ask ask, Listener listener) {
    Members params = Members.orNone(ask.params());
    @Nullable Map<String, String> cursors = Cursors.split(params.string("cursor"));
    List<Connector> asked =
        connectors.stream()
            .filter(each -> cursors == null || cursors.containsKey(each.name()))
            .toList();
    Waiting waiting = new Waiting();
    CombinedList list =
        new CombinedList(
            ask.method(),
            downstream.client().revision().era(),
            asked.stream().map(Connector::name).toList(),
            answer -> {
              waiting.disarm();
              listener.answered(answer);
            });
    waiting.late = in(list::late);
    for (Connector connector : asked) {
      String cursor = cursors == null ? null : cursors.get(connector.name());
      Raw own =
          params
              .without("cursor")
              .withIf("cursor", cursor == null ? null : Raw.string(cursor))
              .raw();
      list.add(sending.send(connector, downstream, ask.with(own), list.of(connector.name())));
    }
    list.begun();
    return list;
  }

  /** Listens to all of them. */
  Ongoing listen(
      Downstream downstream, List<Connector> connectors, Set<String> uris, Hearing hearing) {
    Several several = new Several();
    for (Connector connector : connectors) {
      several.add(
          upstreams.listen(
              connector.target(),
              downstream.client(),
              downstream.affinity(),
              Naming.own(connector.name(), uris),
              new RenamedHearing(connector.name(), hearing)));
    }
    return several;
  }

  /** Subscribes to all of them; each is asked for the resources that are its own. */
  Ongoing subscribe(Downstream downstream, List<Connector> connectors, Ask ask, Listener listener) {
    Members params = Members.orNone(ask.params());
    Members wanted = params.within("notifications");
    listener.notified(
        new Message.Notification(
            Method.ACKNOWLEDGED, Members.NONE.with("notifications", wanted.raw()).raw()));
    Set<String> uris = new LinkedHashSet<>();
    for (Raw each : Elements.of(wanted.get("resourceSubscriptions"))) {
      uris.add(String.valueOf(each.string()));
    }
    Several several = new Several();
    for (Connector connector : connectors) {
      Raw own =
          wanted
              .with("resourceSubscriptions", Elements.strings(Naming.own(connector.name(), uris)))
              .raw();
      several.add(
          sending.send(
              connector,
              downstream,
              ask.with(params.with("notifications", own).raw()),
              new RenamedChanges(connector.name(), listener)));
    }
    return several;
  }

  /** The wait for the slowest. */
  private static final class Waiting {
    private @Nullable Deadline late;

    void disarm() {
      if (late != null) {
        late.disarm();
      }
    }
  }

  /** What cannot be told to be for one of them. */
  static Answer unaddressed(Ask ask) {
    return switch (ask.method()) {
      case Method.SET_LEVEL -> new Answer.Result(Raw.EMPTY_OBJECT);
      case Method.TOOLS_CALL, Method.PROMPTS_GET, Method.COMPLETE ->
          new Answer.Fault(
              RpcError.of(
                      RpcError.INVALID_PARAMS, "names begin with a connector's: connector__name")
                  .error());
      case Method.RESOURCES_READ, Method.SUBSCRIBE, Method.UNSUBSCRIBE ->
          new Answer.Fault(
              RpcError.of(
                      RpcError.INVALID_PARAMS, "URIs begin with a connector's name: connector+uri")
                  .error());
      default ->
          new Answer.Fault(
              RpcError.of(
                      RpcError.METHOD_NOT_FOUND,
                      ask.method() + " is served for one connector at a time: /mcp/{connector}")
                  .error());
    };
  }

  static boolean lists(String method) {
    return switch (method) {
      case Method.TOOLS_LIST, Method.PROMPTS_LIST, Method.RESOURCES_LIST, Method.TEMPLATES_LIST ->
          true;
      default -> false;
    };
  }
}
