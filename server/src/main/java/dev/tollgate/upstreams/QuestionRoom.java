package dev.tollgate.upstreams;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The memory that open questions may take: of one owner's servers, and of all. Servers say how long
 * questions are, and clients how long they are open. Guarded by its monitor.
 */
final class QuestionRoom {

  private static final long OWNER_BYTES = 16 * 1024 * 1024;
  private static final long BYTES = 64 * 1024 * 1024;

  private final Map<UUID, Long> owners = new HashMap<>();
  private long taken;

  /** Takes room; false: there is none. */
  synchronized boolean take(UUID owner, int bytes) {
    long mine = owners.getOrDefault(owner, 0L) + bytes;
    if (mine > OWNER_BYTES || taken + bytes > BYTES) {
      return false;
    }
    owners.put(owner, mine);
    taken += bytes;
    return true;
  }

  synchronized void give(UUID owner, int bytes) {
    long left = owners.getOrDefault(owner, 0L) - bytes;
    if (left > 0) {
      owners.put(owner, left);
    } else {
      owners.remove(owner);
    }
    taken -= bytes;
  }

  synchronized long taken() {
    return taken;
  }
}
