package dev.tollgate.catalogue;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Where a server is. */
public sealed interface Place {

  /** Whether both are one server: what was given for the one is for the other. */
  default boolean sameServer(Place other) {
    return this instanceof Url(URI here, boolean _)
        && other instanceof Url(URI there, boolean _)
        && here.equals(there);
  }

  /**
   * By HTTP.
   *
   * @param sse whether it is known to speak HTTP+SSE (2024-11-05) alone
   */
  record Url(URI url, boolean sse) implements Place {}

  /**
   * A child process of the gateway.
   *
   * @param command the program and its arguments; no shell reads them
   * @param environment what it finds in its environment; not for secrets
   */
  record Command(List<String> command, Map<String, String> environment) implements Place {
    public Command {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }
}
