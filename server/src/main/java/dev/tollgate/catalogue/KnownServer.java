package dev.tollgate.catalogue;

import java.net.URI;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A server that Tollgate knows.
 *
 * @param source where its tools were read, and when
 * @param stateless whether its sessions hold nothing that its callers would notice the lack of
 * @param tools what is known of each tool, by name, in their order
 */
public record KnownServer(
    String name,
    String title,
    URI url,
    AuthKind auth,
    boolean stateless,
    String source,
    SequencedMap<String, ToolPolicy> tools) {

  ToolPolicy policy(String tool) {
    return ((Map<String, ToolPolicy>) tools).getOrDefault(tool, ToolPolicy.NONE);
  }
}
