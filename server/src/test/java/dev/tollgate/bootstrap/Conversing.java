package dev.tollgate.bootstrap;

import java.util.List;

/** A conversation by an official SDK: each turn is appended to those before it. */
interface Conversing extends AutoCloseable {

  /**
   * What the assistant said.
   *
   * @param stop {@code end} or {@code tool}, or the SDK's own word
   */
  record Heard(
      String thinking,
      String text,
      List<Called> calls,
      String stop,
      long inputTokens,
      long outputTokens) {}

  record Called(String id, String name, String arguments) {}

  void streamed(boolean streamed);

  /** Asks for thinking from now on. */
  void think();

  void instruct(String system);

  /**
   * Says something, with a tool at hand.
   *
   * @param image whether it comes with an image
   */
  Heard say(String text, boolean image);

  /** Answers the call that was made last. */
  Heard result(String text);

  @Override
  void close();
}
