package dev.tollgate.upstreams;

import java.util.UUID;

/**
 * A server, and with whose authority it is reached.
 *
 * @param connector its identifier
 * @param name for messages and logs
 * @param provider what metrics call it: of few values
 * @param revision changes whenever anything about it does; what was learned of it goes by this
 * @param owner whose it is: nothing is shared between owners
 * @param identity names the credential, and not its secret; empty: none
 * @param credentialVersion changes with each rotation
 * @param stateless whether its sessions hold nothing that its callers would notice the lack of
 */
public record Target(
    UUID connector,
    String name,
    String provider,
    long revision,
    UUID owner,
    Endpoint endpoint,
    String identity,
    long credentialVersion,
    Authority authority,
    boolean stateless,
    Patience patience) {

  /** What makes one server with one authority another than the next. */
  public String key() {
    return connector + "/" + revision + "/" + owner + "/" + identity + "/" + credentialVersion;
  }
}
