package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.mcp.Raw;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogsTest {

  private static final int BYTES = 4096;

  private final EventLogs logs = new EventLogs(BYTES);

  private static final class Written implements EventLog.Outlet {
    final List<Buffer> events = new ArrayList<>();
    boolean ended;

    @Override
    public void write(Buffer event) {
      events.add(event);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public boolean full(Runnable drained) {
      return false;
    }
  }

  @Test
  void forgetsStreamsThatNobodyListensToAnyMore() {
    Written last = new Written();
    for (int i = 0; i < 100; i++) {
      EventLog log = logs.open(true, new Written());
      log.add(Raw.EMPTY_OBJECT);
      log.interrupt();
    }
    EventLog attached = logs.open(true, last);
    attached.add(Raw.EMPTY_OBJECT);
    assertThat(logs.size()).isLessThanOrEqualTo(16);
    assertThat(logs.find(attached.stream() + "-1")).isNotNull();
    assertThat(logs.find(attached.stream() - 1 + "-1")).as("one may come back").isNotNull();
    assertThat(last.ended).isFalse();
  }

  @Test
  void keepsStreamsOfCallsThatGoOn() {
    List<EventLog> going = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      going.add(logs.open(false, new Written()));
    }
    assertThat(going).allMatch(log -> logs.find(log.stream() + "-0") != null);
    going.forEach(EventLog::end);
    logs.open(false, new Written());
    assertThat(logs.size()).isLessThanOrEqualTo(16);
  }

  @Test
  void keepsNothingForAConnectionThatIsGone() {
    Written gone = new Written();
    EventLog log = logs.open(false, gone);
    log.add(Raw.EMPTY_OBJECT);
    log.detach(new Written());
    log.add(Raw.EMPTY_OBJECT);
    assertThat(gone.events).hasSize(2);
    log.detach(gone);
    log.add(Raw.EMPTY_OBJECT);
    assertThat(gone.events).hasSize(2);
    Written back = new Written();
    log.attach(back, 1);
    assertThat(back.events).hasSize(2);
  }

  @Test
  void keepsNoEventThatTakesMoreThanAllMay() {
    EventLog log = logs.open(false, new Written());
    log.add(Raw.EMPTY_OBJECT);
    log.add(Raw.string("x".repeat(BYTES)));
    Written back = new Written();
    log.attach(back, 0);
    assertThat(back.events).hasSize(1);
    assertThat(back.events.getFirst().length()).isLessThan(BYTES);
  }
}
