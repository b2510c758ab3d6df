package dev.tollgate.upstreams;

import dev.tollgate.mcp.Client;
import io.vertx.core.Future;
import java.net.URI;

/** How a session with a legacy server is opened, over whichever transport it has. */
final class Opening {

  private Opening() {}

  /** A session after its handshake; called on {@code loop}, which single streams live on. */
  static Future<LegacySession> open(UpstreamLoop loop, Target target, Client client) {
    return switch (target.endpoint()) {
      case Endpoint.Http http ->
          streamable(loop, target, http.url(), client)
              .onSuccess(opened -> loop.upstreams().eras().of(target).opened())
              .onFailure(refused -> loop.upstreams().eras().unopened(target));
      case Endpoint.Sse sse -> events(loop, target, sse.url(), client);
      case Endpoint.Stdio stdio ->
          PipedSession.open(
              loop,
              target,
              client,
              ear -> loop.upstreams().processes().start(loop, target, stdio, ear));
    };
  }

  private static Future<LegacySession> streamable(
      UpstreamLoop loop, Target target, URI url, Client client) {
    return loop.upstreams().eras().of(target).eventsOnly()
        ? events(loop, target, url, client)
        : Handshake.open(loop, target, url, client)
            .recover(refused -> older(loop, target, url, client, refused));
  }

  /** Whether one stream carries all that is said in a session. */
  static boolean overSingleStream(UpstreamLoop loop, Target target) {
    return !(target.endpoint() instanceof Endpoint.Http)
        || loop.upstreams().eras().of(target).eventsOnly();
  }

  /** No Streamable HTTP, so perhaps what was before it (2026-07-28, HTTP+SSE Transport). */
  private static Future<LegacySession> older(
      UpstreamLoop loop, Target target, URI url, Client client, Throwable refused) {
    return refused instanceof Handshake.NotLegacy
        ? events(loop, target, url, client)
            .onSuccess(opened -> loop.upstreams().eras().of(target).eventsOnly(true))
            .recover(neither -> Future.failedFuture(refused))
        : Future.failedFuture(refused);
  }

  private static Future<LegacySession> events(
      UpstreamLoop loop, Target target, URI url, Client client) {
    return PipedSession.open(loop, target, client, ear -> new SsePipe(loop, target, url, ear));
  }
}
