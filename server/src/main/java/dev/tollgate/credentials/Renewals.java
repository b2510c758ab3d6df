package dev.tollgate.credentials;

import dev.tollgate.kernel.Failure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work in the background, once for each key at a time, on a virtual thread each. */
final class Renewals {

  private static final Logger log = LoggerFactory.getLogger(Renewals.class);
  private static final int AT_ONCE = 256;

  private final Set<CredentialCache.Key> running = ConcurrentHashMap.newKeySet();

  void once(CredentialCache.Key key, Runnable work) {
    if (running.size() < AT_ONCE && running.add(key)) {
      Thread.ofVirtual().name("credential-renewal").start(() -> run(key, work));
    }
  }

  private void run(CredentialCache.Key key, Runnable work) {
    try {
      work.run();
    } catch (Failure failure) {
      // The token in memory is good until it is over; then its users hear of the failure.
      log.debug("renewing ahead: {}", failure.getMessage());
    } catch (RuntimeException bug) {
      log.warn("renewing a credential ahead of its end failed", bug);
    } finally {
      running.remove(key);
    }
  }
}
