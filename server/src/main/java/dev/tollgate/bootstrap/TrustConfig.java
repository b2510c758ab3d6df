package dev.tollgate.bootstrap;

import dev.tollgate.mcp.Seal;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What this node keeps secrets by, what it is called outside, and whose tokens it believes.
 *
 * @param publicUrl null: the listener itself where that is loopback
 * @param tokens null: keys alone
 */
record TrustConfig(MasterKeys keys, @Nullable URI publicUrl, McpSection.@Nullable OAuth tokens) {

  /**
   * What signs the state that MCP clients carry: where there is a master key, all nodes open what
   * one of them sealed, after a restart too.
   */
  Seal seal() {
    MasterKey current = keys.current();
    return current == null ? Seal.ofThisProcess() : new Seal(current.derive("mcp-state"));
  }

  /** Where clients reach the gateway, without a slash at its end; null: not known. */
  @Nullable String base(String host, int port, boolean tls) {
    if (publicUrl != null) {
      return publicUrl.toString().replaceAll("/+$", "");
    }
    boolean local = Node.isLoopback(host);
    return local ? (tls ? "https://" : "http://") + "127.0.0.1:" + port : null;
  }
}
