package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The fields of a model in the catalogue's files, and its capabilities read from them. */
final class ModelFields {

  static final Set<String> KNOWN =
      Set.of(
          "name",
          "aliases",
          "family",
          "created",
          "free",
          "note",
          "source",
          "prices",
          "service_tiers",
          "speeds",
          "geos",
          "context",
          "max_output",
          "max_image_tokens",
          "message_overhead",
          "tool_overhead",
          "tokens_per_byte",
          "rejects_overlong",
          "automatic_cache_writes",
          "images",
          "documents",
          "audio",
          "tools",
          "forced_tools",
          "structured_output",
          "thinking",
          "thinks_unasked",
          "hidden_reasoning",
          "efforts",
          "thinking_blocks",
          "sampling",
          "maximum_field",
          "refused_betas");

  private ModelFields() {}

  static Capabilities capabilities(Fields fields) {
    return new Capabilities(
        limits(fields),
        new Capabilities.Input(
            fields.flag("images", false),
            fields.flag("documents", false),
            fields.flag("audio", false)),
        new Capabilities.Tools(
            fields.flag("tools", true),
            fields.flag("forced_tools", true),
            fields.flag("structured_output", false)),
        reasoning(fields),
        fields.strings("refused_betas"));
  }

  private static Capabilities.Limits limits(Fields fields) {
    Long context = fields.whole("context");
    Long maxOutput = fields.whole("max_output");
    for (String name : List.of("context", "max_output")) {
      if (fields.whole(name, 1) < 1 || fields.whole(name, 1) > Estimator.MOST_TOKENS) {
        throw fields.wrong(name, "must be between 1 and " + Estimator.MOST_TOKENS);
      }
    }
    return new Capabilities.Limits(
        context,
        maxOutput,
        fields.whole("max_image_tokens", 0),
        fields.whole("message_overhead", 16),
        fields.whole("tool_overhead", 1_024),
        fields.decimal("tokens_per_byte", BigDecimal.ONE),
        fields.flag("rejects_overlong", false),
        fields.flag("automatic_cache_writes", false));
  }

  private static Capabilities.Reasoning reasoning(Fields fields) {
    Set<Capabilities.Form> forms = EnumSet.noneOf(Capabilities.Form.class);
    for (String form : fields.strings("thinking")) {
      try {
        forms.add(Capabilities.Form.valueOf(form.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw fields.wrong(
            "thinking", "may have disabled, between_tools, enabled, adaptive, not " + form);
      }
    }
    return new Capabilities.Reasoning(
        forms,
        fields.flag("thinks_unasked", false),
        fields.choice("hidden_reasoning", Capabilities.Hidden.class, Capabilities.Hidden.NEVER),
        fields.strings("efforts"),
        fields.choice("thinking_blocks", Capabilities.Binding.class, Capabilities.Binding.NONE),
        fields.flag("sampling", true),
        fields.string("maximum_field", "max_tokens"));
  }
}
