package dev.tollgate.http.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The event streams of one session, the latest of those that are over among them. Thread-safe. */
final class EventLogs {

  private static final int KEPT = 16;

  private final int bytes;
  private final Map<Integer, EventLog> logs = new LinkedHashMap<>();
  private int streams;

  /**
   * With nothing in it.
   *
   * @param bytes the most that is kept of all streams together, about
   */
  EventLogs(int bytes) {
    this.bytes = bytes;
  }

  /**
   * A new stream.
   *
   * @param listening whether it is that of what belongs to no request
   */
  synchronized EventLog open(boolean listening, EventLog.Outlet outlet) {
    EventLog log = new EventLog(++streams, bytes / KEPT, bytes, listening, outlet);
    logs.put(log.stream(), log);
    if (logs.size() > KEPT) {
      logs.values().removeIf(each -> logs.size() > KEPT && each.over());
    }
    return log;
  }

  /** Forgets a stream that nothing was sent on. */
  synchronized void drop(EventLog log) {
    logs.remove(log.stream());
  }

  synchronized int size() {
    return logs.size();
  }

  /** A place in a stream. */
  record Place(EventLog log, long number) {}

  /** Where an event was; null: it is not known any more, or never was. */
  synchronized @Nullable Place find(String eventId) {
    int dash = eventId.indexOf('-');
    try {
      EventLog log = dash < 0 ? null : logs.get(Integer.valueOf(eventId.substring(0, dash)));
      return log == null ? null : new Place(log, Long.parseLong(eventId.substring(dash + 1)));
    } catch (NumberFormatException malformed) {
      return null;
    }
  }
}
