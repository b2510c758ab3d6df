package dev.tollgate.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is answered, whichever dialect it goes out in.
 *
 * @param number of the answer since the start; identifiers are made of it
 * @param created seconds since 1970
 * @param thinking shown before the text; null: none
 * @param text empty where the answer is calls of tools
 * @param hosted the provider's own tools, which were used
 */
record Answer(
    long number,
    long created,
    String model,
    int choices,
    @Nullable String thinking,
    String text,
    List<Call> calls,
    Stop stop,
    Counts counts,
    List<String> hosted,
    Ask.Service service,
    Faults.UsageReport report) {

  /** A call of a tool. */
  record Call(String name, JsonNode arguments) {}

  /** Why an answer ends. */
  enum Stop {
    END,
    LENGTH,
    TOOL
  }

  Answer withText(String other) {
    return new Answer(
        number, created, model, choices, thinking, other, calls, stop, counts, hosted, service,
        report);
  }

  /** An identifier of constant length. */
  String id(String prefix) {
    return id(prefix, number);
  }

  static String id(String prefix, long number) {
    String digits = Long.toString(number);
    return prefix + "0".repeat(Math.max(0, 18 - digits.length())) + digits;
  }
}
