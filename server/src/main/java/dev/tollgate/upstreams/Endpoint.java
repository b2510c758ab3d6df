package dev.tollgate.upstreams;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Where a server is. */
public sealed interface Endpoint {

  /** Streamable HTTP, of either era; one that turns out to be HTTP+SSE is spoken to as such. */
  record Http(URI url) implements Endpoint {}

  /** HTTP+SSE (2024-11-05): {@code url} is where the events come from. */
  record Sse(URI url) implements Endpoint {}

  /**
   * A child process.
   *
   * @param command the program and its arguments; no shell reads them
   * @param environment all that it finds in its environment, but for a path to programs
   */
  record Stdio(List<String> command, Map<String, Secret> environment) implements Endpoint {
    public Stdio {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }
}
