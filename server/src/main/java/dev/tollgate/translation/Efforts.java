package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import dev.tollgate.translation.Target.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much a model is to think: OpenAI's {@code reasoning_effort}, Anthropic's {@code thinking} and
 * {@code output_config.effort}.
 *
 * <p>Models that think within a budget of tokens, and know no effort, get one: 2,048 tokens for
 * {@code low}, 8,192 for {@code medium}, 24,576 for {@code high}, and no more than half of the
 * answer's maximum. Back, a budget is the effort that it is nearest to.
 */
final class Efforts {

  private static final long LEAST_BUDGET = 1_024;
  private static final long LOW = 2_048;
  private static final long MEDIUM = 8_192;
  private static final long HIGH = 24_576;

  /** What may stand for no thinking. */
  private static final Set<String> LITTLE = Set.of("none", "minimal", "low");

  /** Efforts that an answer without thinking may have. */
  private static final Set<String> WITHOUT_THINKING = Set.of("none", "low", "medium", "high");

  private static final String EFFORT = "output_config.effort";

  private Efforts() {}

  /** Writes {@code thinking} and {@code output_config} of a request to Messages. */
  static void fromChat(
      Members chat, Target target, long maximum, @Nullable ResponseSchema format, Out out) {
    String effort = chat.word("reasoning_effort");
    // As Anthropic's own endpoint for OpenAI's SDKs takes it.
    Node thinking = chat.take("thinking", Kind.OBJECT);
    @Nullable String told = null;
    if (thinking != null) {
      out.put("thinking", thinking);
      told = effort == null || effort.equals("none") ? null : known(target, effort);
    } else if (effort != null) {
      told = fromEffort(effort, target, maximum, out);
    }
    if (told != null || format != null) {
      out.object("output_config");
      if (told != null) {
        out.put("effort", told);
      }
      if (format != null) {
        format.anthropic(out);
      }
      out.endObject();
    }
  }

  /** Returns what goes into {@code output_config.effort}, if anything does. */
  private static @Nullable String fromEffort(String effort, Target target, long maximum, Out out) {
    Set<Thinking> forms = target.thinking();
    boolean thinks = forms.contains(Thinking.ADAPTIVE) || forms.contains(Thinking.ENABLED);
    if (effort.equals("none")) {
      if (forms.contains(Thinking.DISABLED)) {
        if (thinks) {
          out.object("thinking").put("type", "disabled").endObject();
        }
        return null;
      }
      throw cannot("reasoning_effort", "it always thinks");
    }
    if (!thinks) {
      throw cannot("reasoning_effort", "it does not think");
    }
    if (forms.contains(Thinking.ADAPTIVE)) {
      String known = known(target, effort);
      out.object("thinking").put("type", "adaptive").endObject();
      return known;
    }
    // Half of the answer is left for what is said, where there is room for both.
    long budget = Math.min(budget(effort), Math.max(LEAST_BUDGET, maximum / 2));
    if (budget >= maximum) {
      throw cannot(
          "reasoning_effort",
          "it thinks with at least 1,024 tokens, and max_completion_tokens is no more than that");
    }
    out.object("thinking").put("type", "enabled").put("budget_tokens", budget).endObject();
    return target.efforts() != null && target.efforts().contains(effort) ? effort : null;
  }

  private static String known(Target target, String effort) {
    if (!target.takes(effort)) {
      throw cannot(
          "reasoning_effort",
          "the efforts that it takes are " + String.join(", ", efforts(target)));
    }
    return effort;
  }

  private static Iterable<String> efforts(Target target) {
    return target.efforts() == null ? Set.of() : target.efforts();
  }

  private static long budget(String effort) {
    return switch (effort) {
      case "low" -> LOW;
      case "medium" -> MEDIUM;
      case "high" -> HIGH;
      default ->
          throw cannot("reasoning_effort", "the efforts that it takes are low, medium, high");
    };
  }

  /**
   * What {@code thinking} of a request to Messages asks for.
   *
   * @param rewritten the fields that became something else: {@code thinking}, where it asks for
   *     none and the model cannot but think, as little as it can; an effort without thinking
   */
  record Asks(@Nullable String effort, boolean shown, List<String> rewritten) {}

  /**
   * Reads {@code thinking}, and finds the effort to ask for.
   *
   * @param effort {@code output_config.effort}; null: not said
   */
  static Asks fromMessages(Members messages, @Nullable String effort, Target target) {
    Node node = messages.take("thinking", Kind.OBJECT);
    if (node == null) {
      check(effort, target);
      return new Asks(effort, true, List.of());
    }
    Members thinking = Members.of(node, "thinking");
    String type = thinking.needWord("type");
    boolean disabled = type.equals("disabled");
    if (!disabled) {
      check(effort, target);
    }
    @Nullable String asked =
        switch (type) {
          // The model thinks as it sees fit, which is what one does that is told nothing.
          case "adaptive" -> effort;
          case "enabled" -> effort != null ? budgeted(thinking, effort) : nearest(thinking, target);
          case "disabled" -> disabled(effort, target);
          default -> throw cannot("thinking.type", "it has no form " + type);
        };
    String display = thinking.word("display");
    if (display != null && !display.equals("summarized") && !display.equals("omitted")) {
      throw cannot("thinking.display", "it has no display " + display);
    }
    thinking.done();
    boolean lowered = disabled && asked != null && !asked.equals("none");
    List<String> rewritten = new ArrayList<>(0);
    if (lowered) {
      rewritten.add("thinking");
    }
    if (disabled && effort != null && !effort.equals(asked)) {
      rewritten.add(EFFORT);
    }
    return new Asks(asked, !lowered && !"omitted".equals(display), rewritten);
  }

  private static void check(@Nullable String effort, Target target) {
    if (effort != null && !target.takes(effort)) {
      throw cannot(EFFORT, taken(target));
    }
  }

  private static String budgeted(Members thinking, String effort) {
    thinking.need("budget_tokens", Kind.NUMBER);
    return effort;
  }

  private static String nearest(Members thinking, Target target) {
    long budget = thinking.need("budget_tokens", Kind.NUMBER).whole(0);
    String effort = budget < LOW * 2 ? "low" : budget < MEDIUM * 2 ? "medium" : "high";
    if (!target.takes(effort)) {
      throw cannot("thinking", taken(target));
    }
    return effort;
  }

  /**
   * A model that takes no effort does not think, so there is nothing to turn off; one that always
   * thinks gets its least effort.
   *
   * <p>At Anthropic an effort without thinking says how many words an answer may take (API
   * reference, Effort), for which Chat Completions has no setting: an effort there is thinking,
   * which is not wanted. The greatest ones go with thinking alone, at Anthropic's newest models
   * too.
   */
  private static @Nullable String disabled(@Nullable String effort, Target target) {
    if (effort != null && !WITHOUT_THINKING.contains(effort)) {
      throw cannot(EFFORT, "that much effort is thinking, and thinking is disabled");
    }
    if (target.efforts() == null || target.efforts().isEmpty()) {
      return null;
    }
    String least = target.efforts().getFirst();
    if (!LITTLE.contains(least)) {
      throw cannot("thinking.type", "it always thinks, and with no effort below " + least);
    }
    return least;
  }

  private static String taken(Target target) {
    return target.efforts() == null || target.efforts().isEmpty()
        ? "it does not think"
        : "the efforts that it takes are " + String.join(", ", target.efforts());
  }
}
