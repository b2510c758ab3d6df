package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One of many who listen to the same stream, on whichever event loop. It cannot be held back, so
 * what it does not keep up with it does not hear.
 */
final class OneOfMany {

  private static final long BEHIND_BYTES = 1024 * 1024;

  private final UpstreamLoop loop;
  private final Hearing hearing;
  private final AtomicLong behind = new AtomicLong();

  OneOfMany(UpstreamLoop loop, Hearing hearing) {
    this.loop = loop;
    this.hearing = hearing;
  }

  void hear(Message.Notification notification) {
    Raw params = notification.params();
    int bytes = notification.method().length() + (params == null ? 0 : params.length());
    if (behind.get() > BEHIND_BYTES) {
      return;
    }
    behind.addAndGet(bytes);
    loop.run(() -> {
      behind.addAndGet(-bytes);
      hearing.heard(notification);
    });
  }

  void lost() {
    loop.run(hearing::lost);
  }
}
