package dev.tollgate.connectors;

import dev.tollgate.catalogue.ToolPolicy;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.toolcache.CacheControl;
import dev.tollgate.toolcache.CacheKey;
import dev.tollgate.toolcache.Freshness;
import dev.tollgate.toolcache.ToolClass;
import dev.tollgate.upstreams.Endpoint;
import dev.tollgate.upstreams.Target;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request is to the cache. Pure. */
sealed interface CacheAsk {

  /** It is kept from nothing, and nothing is kept of it. */
  record Aside() implements CacheAsk {}

  /**
   * It changes nothing.
   *
   * @param label of the tool in metrics
   */
  record Read(CacheKey key, Freshness freshness, CacheControl control, String label)
      implements CacheAsk {}

  /** It may change something. */
  record Write(String organization, String connector, boolean alsoPublic) implements CacheAsk {}

  /** What the caller may say of the cache, and is told of it. */
  String FIELD = "dev.tollgate/cache";

  CacheAsk ASIDE = new Aside();

  /** Metadata that no answer depends on. */
  Set<String> PLAIN =
      Set.of(
          Meta.PROGRESS_TOKEN,
          Meta.PROTOCOL_VERSION,
          Meta.CLIENT_INFO,
          Meta.CLIENT_CAPABILITIES,
          Meta.LOG_LEVEL,
          FIELD,
          "traceparent",
          "tracestate",
          "baggage");

  /**
   * Decides.
   *
   * @throws dev.tollgate.kernel.Failure INVALID_REQUEST where what the caller says of the cache is
   *     none of its words
   */
  static CacheAsk of(Connector connector, Downstream downstream, Ask ask, ToolHints hints) {
    Target target = connector.target();
    if (!target.stateless()) {
      return ASIDE;
    }
    return switch (ask.method()) {
      case Method.TOOLS_CALL -> call(connector, downstream, ask, hints);
      case Method.TOOLS_LIST,
          Method.PROMPTS_LIST,
          Method.RESOURCES_LIST,
          Method.TEMPLATES_LIST,
          Method.RESOURCES_READ -> {
        String uri = Members.orNone(ask.params()).string("uri");
        yield read(connector, downstream, ask, uri, false, Freshness.HINTED, ask.method());
      }
      default -> ASIDE;
    };
  }

  private static CacheAsk call(
      Connector connector, Downstream downstream, Ask ask, ToolHints hints) {
    String tool = Members.orNone(ask.params()).string("name");
    if (tool == null) {
      return ASIDE;
    }
    ToolPolicy policy = connector.tools().policy(tool);
    ToolClass kind = ToolClass.of(said(policy), hints.readOnly(connector.target(), tool), tool);
    if (kind.write()) {
      return new Write(
          organization(downstream), place(connector.target()), connector.tools().shares());
    }
    boolean known = policy.writes() != null || hints.lists(connector.target(), tool);
    return read(
        connector,
        downstream,
        ask,
        tool,
        Boolean.TRUE.equals(policy.shared()),
        kind.freshness(),
        known ? tool : "unlisted");
  }

  private static ToolClass.@Nullable Policy said(ToolPolicy policy) {
    if (policy.freshness() == null && policy.writes() == null) {
      return null;
    }
    Freshness freshness =
        policy.freshness() == null
            ? Freshness.VOLATILE
            : switch (policy.freshness()) {
              case NEVER -> Freshness.NEVER;
              case VOLATILE -> Freshness.VOLATILE;
              case STABLE -> Freshness.STABLE;
            };
    // Who says no more than that nothing is kept has not said that nothing is changed.
    boolean write =
        policy.writes() == null
            ? policy.freshness() == dev.tollgate.catalogue.Freshness.NEVER
            : policy.writes();
    return new ToolClass.Policy(write, freshness);
  }

  private static CacheAsk read(
      Connector connector,
      Downstream downstream,
      Ask ask,
      @Nullable String name,
      boolean shared,
      Freshness freshness,
      String label) {
    Members params = Members.orNone(ask.params());
    Members meta = params.within(Meta.FIELD);
    if (!PLAIN.containsAll(meta.names()) || params.has("inputResponses")) {
      return ASIDE;
    }
    String wanted = meta.string(FIELD);
    CacheControl control =
        wanted == null ? CacheControl.NONE : CacheControl.parse("_meta." + FIELD, wanted);
    Target target = connector.target();
    CacheKey key =
        new CacheKey(
            organization(downstream),
            place(target),
            shared ? "" : target.connector() + "/" + target.revision(),
            target.identity().isEmpty() ? null : target.identity(),
            target.identity().isEmpty() ? null : Long.toString(target.credentialVersion()),
            null,
            ask.method(),
            name,
            shared,
            arguments(downstream, params));
    return new Read(key, freshness, control, label);
  }

  /** What the answer depends on: the caller's revision and capabilities decide on its form. */
  private static byte[] arguments(Downstream downstream, Members params) {
    return Members.NONE
        .with("params", params.without(Meta.FIELD).raw())
        .with("revision", Raw.string(downstream.client().revision().wire()))
        .with("capabilities", downstream.client().capabilities())
        .raw()
        .copy();
  }

  private static String organization(Downstream downstream) {
    return downstream.scope().organizationId().toString();
  }

  /** Where writes and public answers of several connectors meet: the server itself. */
  private static String place(Target target) {
    return switch (target.endpoint()) {
      case Endpoint.Http(URI url) -> url.toString();
      case Endpoint.Sse(URI url) -> url.toString();
      case Endpoint.Stdio _ -> target.connector().toString();
    };
  }

  /** A result that says where it comes from. */
  static Raw told(byte[] result, String status, long ageMillis) {
    Members members = Members.orNone(Raw.of(result));
    Raw told =
        Members.NONE.with("status", Raw.string(status)).with("ageMs", Raw.number(ageMillis)).raw();
    Members meta = members.within(Meta.FIELD).with(FIELD, told);
    return members.with(Meta.FIELD, meta.raw()).raw();
  }
}
