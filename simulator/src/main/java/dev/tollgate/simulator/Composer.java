package dev.tollgate.simulator;

import dev.tollgate.simulator.Answer.Call;
import dev.tollgate.simulator.Answer.Stop;
import dev.tollgate.simulator.Ask.Tool;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what to answer: text or calls, how much of it, and what usage says. */
final class Composer {

  static final String MARK = "[simulated]";

  private static final String OPENING =
      MARK + " No model was called: this is Tollgate's simulator.";
  private static final int ECHOED = 200;

  private final Simulation simulation;

  Composer(Simulation simulation) {
    this.simulation = simulation;
  }

  Answer compose(Ask ask, Behaviour behaviour) {
    List<Call> calls = calls(ask, behaviour.shape());
    String text = calls.isEmpty() ? text(ask, behaviour.shape().say()) : "";
    Draft draft = new Draft(ask, behaviour.tokens(), simulation.trace(behaviour.tokens()));
    Counts counts = draft.counts(shown(text, calls), simulation.cache());
    Stop stop = draft.full() ? Stop.LENGTH : calls.isEmpty() ? Stop.END : Stop.TOOL;
    return new Answer(
        simulation.next(),
        System.currentTimeMillis() / 1000,
        ask.model(),
        ask.choices(),
        thinking(ask, counts),
        draft.fit(text, counts),
        calls,
        stop,
        counts,
        ask.hosted(),
        service(ask, behaviour.tokens()),
        behaviour.faults().usage());
  }

  private static String text(Ask ask, @Nullable String say) {
    if (say != null) {
      return MARK + " " + say;
    }
    if (ask.format() != null) {
      return Samples.of(ask.format(), MARK).toString();
    }
    if (ask.toolAnswered()) {
      return OPENING + " The tool's result has arrived.";
    }
    String said = Directives.strip(ask.said());
    if (said.isEmpty()) {
      return OPENING;
    }
    return OPENING + " You said: " + Messages.cut(said, ECHOED);
  }

  private static List<Call> calls(Ask ask, Shape shape) {
    boolean wanted = ask.forced() != null || Directives.asksForTool(ask.said());
    if (!wanted || ask.toolAnswered() || ask.tools().isEmpty()) {
      return List.of();
    }
    String forced = ask.forced();
    String name = forced == null || forced.isEmpty() ? Directives.toolName(ask.said()) : forced;
    Tool tool =
        ask.tools().stream()
            .filter(candidate -> name.isEmpty() || candidate.name().equals(name))
            .findFirst()
            .orElseThrow(() -> Refusal.invalid("Tool '%s' not found in tools".formatted(name)));
    Call call = new Call(tool.name(), Samples.of(tool.schema(), "simulated"));
    return Collections.nCopies(shape.toolCalls(), call);
  }

  private static long shown(String text, List<Call> calls) {
    long bytes = text.getBytes(StandardCharsets.UTF_8).length;
    for (Call call : calls) {
      bytes += Prompt.bytes(call.name()) + Prompt.bytes(call.arguments().toString());
    }
    return Prompt.tokens(bytes);
  }

  private static @Nullable String thinking(Ask ask, Counts counts) {
    if (counts.reasoning() == 0) {
      return null;
    }
    return ask.showThinking() ? MARK + " Thinking." : "";
  }

  private static Ask.Service service(Ask ask, Tokens tokens) {
    Ask.Service asked = ask.service();
    return tokens.serviceTier() == null
        ? asked
        : new Ask.Service(tokens.serviceTier(), asked.speed(), asked.geo());
  }
}
