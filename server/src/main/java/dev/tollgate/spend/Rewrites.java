package dev.tollgate.spend;

import java.util.ArrayList;
import java.util.List;

/** The fields of a request that differ between two models. */
record Rewrites(String dialect, ModelEntry from, ModelEntry to, CallShape shape) {

  /** Every effort that a vendor knows, least first. */
  private static final List<String> EFFORTS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

  /** What Anthropic asks a budget for thinking to be at least. */
  private static final long LEAST_BUDGET = 1_024;

  private static final String THINKING = "thinking";

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
    var forms = to.capabilities().reasoning().forms();
    switch (shape.output().thinking()) {
      case CallShape.Thinking.Unsaid _ -> {}
      case CallShape.Thinking.Disabled _ -> {
        if (!forms.contains(Capabilities.Form.DISABLED)) {
          rewrites.add(new Rewrite(THINKING, null));
        }
      }
      case CallShape.Thinking.Enabled _ -> {
        if (!forms.contains(Capabilities.Form.ENABLED)) {
          boolean adaptive = forms.contains(Capabilities.Form.ADAPTIVE);
          rewrites.add(new Rewrite(THINKING, adaptive ? "{\"type\":\"adaptive\"}" : null));
        }
      }
      case CallShape.Thinking.Adaptive _ -> {
        if (!forms.contains(Capabilities.Form.ADAPTIVE)) {
          rewrites.add(withBudget(forms.contains(Capabilities.Form.ENABLED)));
        }
      }
    }
  }

  /** Half of what the answer may have; no thinking where that is too little or a tool is forced. */
  private Rewrite withBudget(boolean accepted) {
    long maximum = Estimator.output(to, shape);
    long budget = Math.max(LEAST_BUDGET, maximum / 2);
    if (!accepted || shape.features().forcedTool() || budget >= maximum) {
      return new Rewrite(THINKING, null);
    }
    return new Rewrite(THINKING, "{\"type\":\"enabled\",\"budget_tokens\":" + budget + "}");
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
