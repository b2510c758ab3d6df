package dev.tollgate.credentials;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a call to a connector is authorized by. */
public sealed interface Authorization {

  /**
   * A header to send.
   *
   * @param credential its identity, for keys of caches and pools together with the version
   * @param version another after a new grant or token; the same through refreshes
   * @param revision another after each refresh too
   * @param header its name, such as {@code authorization}
   * @param value to be sent where {@link #covers} says and nowhere else
   * @param resource the server that it is for; null: none that is reached by a URL
   */
  record Granted(
      UUID credential,
      long version,
      long revision,
      String header,
      Secret value,
      @Nullable URI resource)
      implements Authorization {

    /** Whether it may be sent to {@code url}. */
    public boolean covers(URI url) {
      return resource != null && Resources.covers(resource, url);
    }
  }

  /** Nobody stored a credential for this connector. */
  record Missing() implements Authorization {}

  /**
   * A person has to connect again.
   *
   * @param problem what happened, in words for that person; no secret
   */
  record NeedsReauthorization(UUID credential, String problem) implements Authorization {}
}
