package dev.tollgate.upstreams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.ParamHeader;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which parameters of modern servers' tools go into headers too, as their lists say: a client of
 * the other era does not send them. Bounded; thread-safe.
 */
final class ToolSchemas {

  private static final Logger log = LoggerFactory.getLogger(ToolSchemas.class);
  private static final int PAGES = 50;

  private final Cache<String, Map<String, List<ParamHeader>>> servers =
      Caffeine.newBuilder().maximumSize(2_000).expireAfterWrite(Duration.ofMinutes(10)).build();

  /** The headers of a call; the tools are listed first where they are not known yet. */
  Future<Map<String, String>> headers(UpstreamLoop loop, Target target, Invocation call) {
    Members params = Members.orNone(call.params());
    String tool = String.valueOf(params.string("name"));
    Map<String, List<ParamHeader>> known = servers.getIfPresent(target.key());
    Future<Map<String, List<ParamHeader>>> tools =
        known == null ? list(loop, target, call.client()) : Future.succeededFuture(known);
    return tools.map(all -> values(all.getOrDefault(tool, List.of()), params.within("arguments")));
  }

  /** What was known of a server is not so any more. */
  void forget(Target target) {
    servers.invalidate(target.key());
  }

  private static Map<String, String> values(List<ParamHeader> headers, Members arguments) {
    Map<String, String> values = new HashMap<>();
    for (ParamHeader header : headers) {
      String value = header.value(arguments);
      if (value != null) {
        values.put(header.header(), value);
      }
    }
    return values;
  }

  private Future<Map<String, List<ParamHeader>>> list(
      UpstreamLoop loop, Target target, Client client) {
    Client modern = new Client(Revision.MODERN, client.capabilities(), client.info());
    Listing listing = new Listing(loop, target, modern);
    listing.page(null);
    // A server whose tools cannot be listed may still have them: the call is its to refuse.
    return listing
        .done
        .future()
        .onSuccess(all -> servers.put(target.key(), all))
        .otherwise(Map.of());
  }

  /** A list of tools, page by page. */
  private static final class Listing implements Listener {

    private final UpstreamLoop loop;
    private final Target target;
    private final Client client;
    private final Map<String, List<ParamHeader>> tools = new HashMap<>();
    private final Promise<Map<String, List<ParamHeader>>> done = Promise.promise();
    private int pages;

    Listing(UpstreamLoop loop, Target target, Client client) {
      this.loop = loop;
      this.target = target;
      this.client = client;
    }

    void page(@Nullable Raw cursor) {
      Members params = Members.NONE.withIf("cursor", cursor);
      loop.modern(
          target,
          new Invocation(client, Method.TOOLS_LIST, params.raw(), null, "", Map.of()),
          this);
    }

    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void answered(Answer answer) {
      if (!(answer instanceof Answer.Result result)) {
        done.tryFail("the tools could not be listed");
        return;
      }
      Members page = Members.of(result.result());
      Elements.of(page.get("tools")).forEach(this::learn);
      Raw next = page.get("nextCursor");
      if (next == null || ++pages >= PAGES) {
        done.tryComplete(Map.copyOf(tools));
      } else {
        page(next);
      }
    }

    private void learn(Raw tool) {
      Members members = Members.orNone(tool);
      List<ParamHeader> headers = ParamHeader.of(members);
      if (headers == null) {
        log.warn(
            "connector {}: tool {} declares headers that are invalid; none are sent",
            target.name(),
            members.string("name"));
      } else if (!headers.isEmpty()) {
        tools.put(String.valueOf(members.string("name")), headers);
      }
    }
  }
}
