package dev.tollgate.translation;

import dev.tollgate.kernel.Clock;
import dev.tollgate.translation.Target.Thinking;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Models that the tests translate for. */
final class Targets {

  private static final List<String> ALL = List.of("low", "medium", "high", "xhigh", "max");

  private Targets() {}

  static Target named(String name) {
    return switch (name) {
      // Thinks within a budget.
      case "haiku" ->
          new Target(
              "claude-haiku-4-5",
              64_000L,
              "max_tokens",
              EnumSet.of(Thinking.DISABLED, Thinking.ENABLED),
              List.of());
      // Always thinks, as much as it sees fit.
      case "adaptive" ->
          new Target(
              "claude-sonnet-5-5", 128_000L, "max_tokens", EnumSet.of(Thinking.ADAPTIVE), ALL);
      // Does not think.
      case "gpt" -> new Target("gpt-4o", 16_384L, "max_tokens", Set.of(), List.of());
      case "reasoner" ->
          new Target("gpt-5.6", 128_000L, "max_completion_tokens", Set.of(), efforts());
      // Thinks much or not at all, which it cannot.
      case "pro" ->
          new Target("gpt-5-pro", 128_000L, "max_completion_tokens", Set.of(), List.of("high"));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<String> efforts() {
    return List.of("none", "low", "medium", "high", "xhigh", "max");
  }

  /** A translation by the name of its folder. */
  static Translation direction(String name) {
    return switch (name) {
      case "chat-to-messages" -> Translation.chatToMessages(new Stopped());
      case "messages-to-chat" -> Translation.messagesToChat();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static final class Stopped implements Clock {

    @Override
    public Instant now() {
      return Instant.ofEpochSecond(1_700_000_000L);
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }
}
