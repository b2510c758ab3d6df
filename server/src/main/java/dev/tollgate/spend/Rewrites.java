package dev.tollgate.spend;

import dev.tollgate.spend.Capabilities.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request that differ between two models. */
record Rewrites(String dialect, ModelEntry from, ModelEntry to, CallShape shape) {

  /** Every effort that a vendor knows, least first. */
  private static final List<String> EFFORTS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

  /** What Anthropic asks a budget for thinking to be at least. */
  private static final long LEAST_BUDGET = 1_024;

  private static final String THINKING = "thinking";

  /** What comes nearest to a form of thinking that a model refuses; else the field is removed. */
  private static final Map<Form, Form> NEXT_BEST =
      Map.of(
          Form.DISABLED, Form.BETWEEN_TOOLS,
          Form.BETWEEN_TOOLS, Form.DISABLED,
          Form.ENABLED, Form.ADAPTIVE,
          Form.ADAPTIVE, Form.ENABLED);

  List<Rewrite> all() {
    List<Rewrite> rewrites = new ArrayList<>();
    thinking(rewrites);
    effort(rewrites);
    sampling(rewrites);
    maximum(rewrites);
    terms(rewrites);
    return rewrites;
  }

  private void thinking(List<Rewrite> rewrites) {
    Form asked = form();
    if (asked == null || accepts(asked)) {
      return;
    }
    Form instead = NEXT_BEST.get(asked);
    rewrites.add(new Rewrite(THINKING, instead != null && accepts(instead) ? json(instead) : null));
  }

  private @Nullable Form form() {
    return switch (shape.output().thinking()) {
      case CallShape.Thinking.Unsaid _ -> null;
      case CallShape.Thinking.Disabled _ -> Form.DISABLED;
      case CallShape.Thinking.BetweenTools _ -> Form.BETWEEN_TOOLS;
      case CallShape.Thinking.Enabled _ -> Form.ENABLED;
      case CallShape.Thinking.Adaptive _ -> Form.ADAPTIVE;
    };
  }

  /** The quiet forms go with no effort above high; a budget needs room, and no forced tool. */
  private boolean accepts(Form form) {
    Capabilities.Reasoning reasoning = to.capabilities().reasoning();
    return reasoning.forms().contains(form)
        && switch (form) {
          case DISABLED, BETWEEN_TOOLS -> !(reasoning.unasked() && strenuous());
          case ENABLED ->
              shape.output().thinking() instanceof CallShape.Thinking.Enabled
                  || (!shape.features().forcedTool() && budget() < Estimator.output(to, shape));
          case ADAPTIVE -> true;
        };
  }

  private boolean strenuous() {
    String effort = shape.output().effort();
    return effort != null && EFFORTS.indexOf(effort) > EFFORTS.indexOf("high");
  }

  /** Half of what the answer may have. */
  private long budget() {
    return Math.max(LEAST_BUDGET, Estimator.output(to, shape) / 2);
  }

  private String json(Form form) {
    return switch (form) {
      case DISABLED, BETWEEN_TOOLS, ADAPTIVE ->
          "{\"type\":\"" + form.name().toLowerCase(Locale.ROOT) + "\"}";
      case ENABLED -> "{\"type\":\"enabled\",\"budget_tokens\":" + budget() + "}";
    };
  }

  private void effort(List<Rewrite> rewrites) {
    String asked = shape.output().effort();
    List<String> known = to.capabilities().reasoning().efforts();
    if (asked == null || known.contains(asked)) {
      return;
    }
    String path = dialect.equals("anthropic") ? "output_config.effort" : "reasoning_effort";
    String nearest = nearest(asked, known);
    rewrites.add(new Rewrite(path, nearest.isEmpty() ? null : "\"" + nearest + "\""));
  }

  /** The next lower effort, else the lowest; empty: there is none. */
  private static String nearest(String asked, List<String> known) {
    if (known.isEmpty() || !EFFORTS.contains(asked)) {
      return "";
    }
    String found = known.getFirst();
    for (String effort : known) {
      if (EFFORTS.indexOf(effort) <= EFFORTS.indexOf(asked)) {
        found = effort;
      }
    }
    return found;
  }

  private void sampling(List<Rewrite> rewrites) {
    if (from.capabilities().reasoning().sampling() && !to.capabilities().reasoning().sampling()) {
      for (String field : List.of("temperature", "top_p", "top_k")) {
        rewrites.add(new Rewrite(field, null));
      }
    }
  }

  private void maximum(List<Rewrite> rewrites) {
    String before = from.capabilities().reasoning().maximumField();
    String after = to.capabilities().reasoning().maximumField();
    Long asked = shape.output().maxTokens();
    if (asked != null && !before.equals(after)) {
      rewrites.add(new Rewrite(before, null));
      rewrites.add(new Rewrite(after, asked.toString()));
    }
  }

  private void terms(List<Rewrite> rewrites) {
    String speed = shape.terms().speed();
    if (speed != null && !to.offersSpeed(speed)) {
      rewrites.add(new Rewrite("speed", null));
    }
    String tier = shape.terms().serviceTier();
    if (tier != null && !to.offersServiceTier(tier)) {
      rewrites.add(new Rewrite("service_tier", null));
    }
  }
}
