package dev.tollgate.upstreams;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Raw;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of a caller, as it stated it.
 *
 * @param params as they came; null: none
 * @param logLevel from which on it wants log lines; null: none of them
 * @param affinity whose state the server may keep: the caller's session, or its key
 * @param headers {@code Mcp-Param-*} that a modern caller sent
 */
public record Invocation(
    Client client,
    String method,
    @Nullable Raw params,
    @Nullable String logLevel,
    String affinity,
    Map<String, String> headers) {

  /** What the caller calls its progress by; null: it wants none. */
  @Nullable Raw progressToken() {
    Raw token = Members.orNone(params).within(Meta.FIELD).get(Meta.PROGRESS_TOKEN);
    return token == null || (!token.isString() && token.whole() == null) ? null : token;
  }

  /** The same with other parameters. */
  public Invocation with(@Nullable Raw changed) {
    return new Invocation(client, method, changed, logLevel, affinity, headers);
  }
}
