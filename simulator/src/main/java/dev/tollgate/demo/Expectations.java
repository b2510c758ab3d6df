package dev.tollgate.demo;

import java.util.List;
import java.util.function.Function;

/** What several steps of the story hold an answer to. */
final class Expectations {

  private Expectations() {}

  /** The model that was asked for has answered, and the gateway says so. */
  static Told asAsked(Told told) {
    Unexpected.unlessSame("x-tollgate-model", told.asked(), told.headers().served());
    Unexpected.unlessSame("x-tollgate-downgraded", null, told.headers().downgraded());
    return told;
  }

  /** A refusal for a budget that is used up, which an SDK must not try again. */
  static void refusal(int status, Function<String, List<String>> headers) {
    Unexpected.unlessSame("the status", 429, status);
    Unexpected.unlessSame(
        "x-tollgate-refusal", List.of("budget_exhausted"), headers.apply("x-tollgate-refusal"));
    Unexpected.unlessSame("x-should-retry", List.of("false"), headers.apply("x-should-retry"));
  }
}
