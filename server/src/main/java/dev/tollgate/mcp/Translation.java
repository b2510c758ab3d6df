package dev.tollgate.mcp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a message of one era is in the other. Pure: what a translation must remember is its caller's
 * to keep.
 *
 * <p>Source: MCP 2026-07-28, Key Changes, Overview, Caching; 2025-11-25, Lifecycle, Resources.
 */
public final class Translation {

  /** What the modern era wants hints on caching with. */
  private static final Set<String> CACHEABLE =
      Set.of(
          Method.DISCOVER,
          Method.TOOLS_LIST,
          Method.PROMPTS_LIST,
          Method.RESOURCES_LIST,
          Method.TEMPLATES_LIST,
          Method.RESOURCES_READ);

  private Translation() {}

  /** Parameters as a modern server takes them: with all that it must know of the client. */
  public static Raw modernParams(
      @Nullable Raw params, Client client, @Nullable String logLevel, @Nullable Raw progressToken) {
    Members members = Members.orNone(params);
    Members meta =
        members
            .within(Meta.FIELD)
            .without(Meta.LOG_LEVEL, Meta.PROGRESS_TOKEN, Meta.CLIENT_INFO)
            .with(Meta.PROTOCOL_VERSION, Raw.string(Revision.MODERN.wire()))
            .withIf(Meta.CLIENT_INFO, client.info())
            .with(Meta.CLIENT_CAPABILITIES, client.capabilities())
            .withIf(Meta.LOG_LEVEL, logLevel == null ? null : Raw.string(logLevel))
            .withIf(Meta.PROGRESS_TOKEN, progressToken);
    return members.with(Meta.FIELD, meta.raw()).raw();
  }

  /** Parameters as a legacy server takes them; null where there are none. */
  public static @Nullable Raw legacyParams(@Nullable Raw params, @Nullable Raw progressToken) {
    Members members = Members.orNone(params).without("inputResponses", "requestState");
    Members meta =
        members
            .within(Meta.FIELD)
            .without(
                Meta.PROTOCOL_VERSION,
                Meta.CLIENT_INFO,
                Meta.CLIENT_CAPABILITIES,
                Meta.LOG_LEVEL,
                Meta.PROGRESS_TOKEN)
            .withIf(Meta.PROGRESS_TOKEN, progressToken);
    Members translated =
        meta.isEmpty() ? members.without(Meta.FIELD) : members.with(Meta.FIELD, meta.raw());
    return translated.isEmpty() ? null : translated.raw();
  }

  /** A legacy server's result as a modern client takes it. */
  public static Raw modernResult(String method, Raw result, @Nullable Raw serverInfo) {
    Members members = Members.of(result).with("resultType", Raw.string("complete"));
    if (CACHEABLE.contains(method)) {
      members = members.with("ttlMs", Raw.number(0)).with("cacheScope", Raw.string("private"));
    }
    Members meta = members.within(Meta.FIELD);
    if (serverInfo != null && !meta.has(Meta.SERVER_INFO)) {
      members = members.with(Meta.FIELD, meta.with(Meta.SERVER_INFO, serverInfo).raw());
    }
    return members.raw();
  }

  /** A modern server's complete result as a legacy client takes it. */
  public static Raw legacyResult(String method, Raw result) {
    Members members = Members.of(result).without("resultType");
    if (CACHEABLE.contains(method)) {
      members = members.without("ttlMs", "cacheScope");
    }
    Members meta = members.within(Meta.FIELD);
    if (meta.has(Meta.SERVER_INFO)) {
      Members rest = meta.without(Meta.SERVER_INFO);
      members = rest.isEmpty() ? members.without(Meta.FIELD) : members.with(Meta.FIELD, rest.raw());
    }
    return members.raw();
  }

  /** A legacy server's error as a modern client takes it. */
  public static Raw modernError(Raw error) {
    Members members = Members.of(error);
    Long code = code(members);
    return code != null && code == RpcError.RESOURCE_NOT_FOUND
        ? members.with("code", Raw.number(RpcError.INVALID_PARAMS)).raw()
        : error;
  }

  /** A modern server's error as a legacy client takes it: codes that it cannot know are generic. */
  public static Raw legacyError(Raw error) {
    Members members = Members.of(error);
    Long code = code(members);
    boolean unknown = code != null && code <= -32020 && code >= -32099;
    return unknown ? members.with("code", Raw.number(RpcError.INVALID_REQUEST)).raw() : error;
  }

  private static @Nullable Long code(Members error) {
    Raw code = error.get("code");
    return code == null ? null : code.whole();
  }
}
