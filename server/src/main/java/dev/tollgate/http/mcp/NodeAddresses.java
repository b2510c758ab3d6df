package dev.tollgate.http.mcp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the nodes of this installation are reached, as the table of nodes has it. Thread-safe. */
final class NodeAddresses {

  private static final Logger log = LoggerFactory.getLogger(NodeAddresses.class);

  /** A node that was not seen for as long is gone, and its address may be another's. */
  private static final String FIND =
      "SELECT address, encode(proof, 'hex') AS secret FROM nodes"
          + " WHERE id = :id AND seen_at > clock_timestamp() - interval '1 minute'";

  private static final int MOST = 1_000;

  private final Storage storage;
  private final UUID own;

  /**
   * A node.
   *
   * @param url its base
   * @param secret by which it proves that it is who is there
   */
  record Peer(URI url, Secret secret) {}

  /** A node that was started again may be elsewhere. */
  private final Cache<UUID, Optional<Peer>> known =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(Duration.ofSeconds(5)).build();

  NodeAddresses(Storage storage, UUID own) {
    this.storage = storage;
    this.own = own;
  }

  /** What this node is called. */
  UUID own() {
    return own;
  }

  /**
   * The node, where it lives; fails with {@link NodeGone} where there is none, or as asking did.
   */
  Future<Peer> of(UUID node) {
    Optional<Peer> remembered = known.getIfPresent(node);
    if (remembered != null) {
      return told(node, remembered);
    }
    Promise<Optional<Peer>> asked = Promise.promise();
    Thread.ofVirtual().name("node-address").start(() -> look(node, asked));
    return asked.future().compose(found -> told(node, found));
  }

  private static Future<Peer> told(UUID node, Optional<Peer> found) {
    return found
        .map(Future::succeededFuture)
        .orElseGet(() -> Future.failedFuture(new NodeGone("no node " + node + " is known")));
  }

  private void look(UUID node, Promise<Optional<Peer>> asked) {
    try {
      Optional<Peer> found =
          storage.transact(
              Access.spend(),
              handle ->
                  handle
                      .createQuery(FIND)
                      .bind("id", node)
                      .map((row, _) -> peer(row.getString("address"), row.getString("secret")))
                      .findOne()
                      .flatMap(each -> each));
      known.put(node, found);
      asked.complete(found);
    } catch (RuntimeException away) {
      asked.fail(away);
    }
  }

  private static Optional<Peer> peer(String address, String secret) {
    return url(address).map(url -> new Peer(url, new Secret(secret)));
  }

  private static Optional<URI> url(String address) {
    try {
      URI url = URI.create(address);
      return url.getHost() == null || url.getPort() < 0 ? Optional.empty() : Optional.of(url);
    } catch (IllegalArgumentException malformed) {
      log.debug("the address {} of a node is no URL", address);
      return Optional.empty();
    }
  }
}
