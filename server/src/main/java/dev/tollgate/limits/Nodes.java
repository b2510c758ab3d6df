package dev.tollgate.limits;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many nodes there are, as PostgreSQL last said: each tells it every second that it lives. */
final class Nodes {

  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

  private static final String LIVE =
      "SELECT count(*) FROM nodes WHERE seen_at > clock_timestamp() - interval '15 seconds'";

  private final Storage storage;
  private volatile int last = 1;

  Nodes(Storage storage) {
    this.storage = storage;
  }

  int last() {
    return last;
  }

  /** Asks again; where there is no answer the last one holds. Blocks. */
  void count() {
    try {
      last =
          storage.transact(
              Access.spend(),
              handle -> Math.max(1, handle.createQuery(LIVE).mapTo(Integer.class).one()));
    } catch (RuntimeException e) {
      LOG.debug("counting nodes", e);
    }
  }
}
