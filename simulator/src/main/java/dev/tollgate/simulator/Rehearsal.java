package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;

/**
 * Answers of each kind that nobody hears, so that the classes they need are loaded before an event
 * loop needs them: on a busy machine that takes seconds.
 */
final class Rehearsal {

  private static final Buffer REQUEST =
      Buffer.buffer(
          """
          {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"[[sim: cut=reset]]"}]}\
          """);

  private Rehearsal() {}

  static void run() {
    Composer composer = new Composer(new Simulation(SimulatorConfig.DEFAULT));
    for (Dialect dialect : new Dialect[] {AnthropicDialect.INSTANCE, OpenAiDialect.INSTANCE}) {
      Glance.at(dialect, REQUEST);
      Ask ask = dialect.read(Json.read(REQUEST), REQUEST.length());
      Behaviour told = Behaviour.DEFAULT.with(Directives.settings(ask.said()));
      Answer answer = composer.compose(ask, told);
      new Replies(dialect, told).answer(ask, answer, "");
      dialect.events(answer, 1, true, true);
    }
  }
}
