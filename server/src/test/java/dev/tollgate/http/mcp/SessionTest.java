package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.tenancy.Scopes;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionTest {

  private final Session session =
      new Session(
          "s",
          Scopes.of(UUID.randomUUID()),
          null,
          new Client(Revision.NEWEST_LEGACY, Raw.EMPTY_OBJECT, null),
          new EventLogs(1024),
          0);

  private static final class Counted implements Session.Running {
    final AtomicInteger cancelled = new AtomicInteger();

    @Override
    public void cancel() {
      cancelled.incrementAndGet();
    }

    @Override
    public void hurry(int stream) {}
  }

  /** A call is over on its own event loop, a while after it was cancelled. */
  @Test
  void aCallIsCancelledThoughOneWithItsIdentifierEndedLate() {
    Raw id = Raw.number(7);
    Counted first = new Counted();
    Counted second = new Counted();
    session.begin(id, first);
    session.cancel(id);
    assertThat(session.begin(id, second)).isTrue();
    session.end(id, first);
    session.close();
    assertThat(first.cancelled).hasValue(1);
    assertThat(second.cancelled).hasValue(1);
  }
}
