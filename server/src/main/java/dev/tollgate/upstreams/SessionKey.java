package dev.tollgate.upstreams;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What sessions can be had by the same callers: those of one connector, owner and credential, that
 * were opened in the same revision, with the same capabilities and the same log level, since a
 * server lists by the one and logs by the other for a session as a whole.
 */
final class SessionKey {

  private final String digest;
  private final Target target;
  private final Client client;
  private final @Nullable String level;

  private SessionKey(String digest, Target target, Client client, @Nullable String level) {
    this.digest = digest;
    this.target = target;
    this.client = client;
    this.level = level;
  }

  static SessionKey of(Target target, Client client, @Nullable String level) {
    Revision revision =
        client.revision().era() == Era.LEGACY ? client.revision() : Revision.NEWEST_LEGACY;
    // A copy: what came with the capabilities is not to be kept for as long as their sessions.
    Raw capabilities = Raw.of(client.capabilities().copy());
    return new SessionKey(
        digest(
            target.key(), revision.wire(), capabilities.json(), level == null ? "" : "=" + level),
        target,
        // Not who came first, but who all of them come through.
        new Client(revision, capabilities, null),
        level);
  }

  /** SHA-256, each part behind its length, so that no two lists of parts read the same. */
  private static String digest(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        sha.update(bytes);
      }
      return Base64.getEncoder().encodeToString(sha.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  String digest() {
    return digest;
  }

  Target target() {
    return target;
  }

  /** As the handshake presents whoever has the session. */
  Client client() {
    return client;
  }

  /** From which severity on the session is to be told of log lines; null: it says nothing of it. */
  @Nullable String level() {
    return level;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SessionKey key && digest.equals(key.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
