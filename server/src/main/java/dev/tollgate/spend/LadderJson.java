package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A ladder as JSON, for the admin API and the database; read strictly. */
final class LadderJson {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final Pattern HEADER = Pattern.compile("[!-~]([ -~]{0,62}[!-~])?");
  private static final int MOST_STEPS = 32;

  /** A billion dollars, as of a limit. */
  private static final long MOST_CENTS = 100_000_000_000L;

  private static final String PRESET = "preset";
  private static final String STEPS = "steps";
  private static final String OPT_OUT = "optOutOfDowngrades";
  private static final String REMAINING = "remainingBelowCents";
  private static final String USED = "usedPercent";
  private static final String CLASS = "requestClass";

  private LadderJson() {}

  static Ladder read(JsonNode json, String field) {
    if (json.isString()) {
      return preset(json.stringValue(), field);
    }
    if (!json.isObject()) {
      throw Failure.invalid(
          field, field + " must be \"default\", \"percent\", \"off\" or an object with steps");
    }
    Fields fields = Fields.of(field, json).only(List.of(PRESET, STEPS, OPT_OUT));
    boolean downgrades = !fields.flag(OPT_OUT, false);
    String preset = fields.string(PRESET);
    if ((preset == null) == !fields.has(STEPS)) {
      throw Failure.invalid(field, field + " needs either preset or steps");
    }
    return preset == null
        ? new Ladder(null, steps(fields), downgrades)
        : new Ladder(preset, preset(preset, field + ".preset").steps(), downgrades);
  }

  private static Ladder preset(String name, String field) {
    return switch (name) {
      case "default" -> Ladder.DEFAULT;
      case "percent" -> Ladder.PERCENT;
      case "off" -> Ladder.OFF;
      default ->
          throw Failure.invalid(
              field, field + " must be default, percent or off, not \"" + name + "\"");
    };
  }

  private static List<Ladder.Step> steps(Fields fields) {
    List<Fields> items = fields.objects(STEPS);
    if (items.size() > MOST_STEPS) {
      throw fields.wrong(STEPS, "must have at most " + MOST_STEPS + " steps");
    }
    List<Ladder.Step> steps = new ArrayList<>();
    for (Fields item : items) {
      steps.add(step(item));
    }
    new LadderRules(steps, items).check();
    return steps;
  }

  private static Ladder.Step step(Fields item) {
    item.only(List.of("name", REMAINING, USED, "action", "from", "to", CLASS));
    String name = item.string("name", "");
    if (!NAME.matcher(name).matches()) {
      throw item.wrong("name", "must be a name in snake case, at most 64 characters");
    }
    return new Ladder.Step(name, when(item), action(item), requestClass(item));
  }

  private static Ladder.Threshold when(Fields item) {
    if (item.has(REMAINING) == item.has(USED)) {
      throw item.wrong(REMAINING, "or " + USED + " must be there, and not both");
    }
    BigDecimal percent = item.decimal(USED);
    if (percent == null) {
      return new Ladder.Threshold.RemainingBelow(Money.ofCents(cents(item)));
    }
    if (percent.compareTo(BigDecimal.valueOf(100)) > 0) {
      throw item.wrong(USED, "must be at most 100");
    }
    return new Ladder.Threshold.UsedAtLeast(percent);
  }

  private static long cents(Fields item) {
    long cents = item.whole(REMAINING, 0);
    if (cents == 0 || cents > MOST_CENTS) {
      throw item.wrong(REMAINING, "must be a number of cents from 1 to " + MOST_CENTS);
    }
    return cents;
  }

  /** As a client can say it in a header. */
  private static @Nullable String requestClass(Fields item) {
    String requestClass = item.string(CLASS);
    if (requestClass != null && !HEADER.matcher(requestClass).matches()) {
      throw item.wrong(CLASS, "must be at most 64 characters of ASCII, as in the header");
    }
    return requestClass;
  }

  private static Ladder.Action action(Fields item) {
    String action = item.string("action", "");
    if (!action.equals("downgrade") && (item.has("from") || item.has("to"))) {
      throw item.wrong("action", "must be downgrade where from and to are given");
    }
    return switch (action) {
      case "warn" -> new Ladder.Action.Warn();
      case "block" -> new Ladder.Action.Block();
      case "downgrade" -> downgrade(item);
      default -> throw item.wrong("action", "must be warn, downgrade or block");
    };
  }

  private static Ladder.Action downgrade(Fields item) {
    for (String name : Set.of("from", "to")) {
      if (!item.has(name)) {
        throw item.wrong(name, "must be there: premium, standard or economy");
      }
    }
    Tier from = item.choice("from", Tier.class, Tier.PREMIUM);
    Tier to = item.choice("to", Tier.class, Tier.ECONOMY);
    if (to.compareTo(from) <= 0) {
      throw item.wrong("to", "must be a cheaper tier than " + from.wire());
    }
    return new Ladder.Action.Downgrade(from, to);
  }

  static Object write(Ladder ladder) {
    String preset = ladder.preset();
    if (preset != null && ladder.downgrades()) {
      return preset;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    if (preset != null) {
      json.put(PRESET, preset);
    } else {
      json.put(STEPS, ladder.steps().stream().map(LadderJson::write).toList());
    }
    if (!ladder.downgrades()) {
      json.put(OPT_OUT, true);
    }
    return json;
  }

  private static Map<String, Object> write(Ladder.Step step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", step.name());
    switch (step.when()) {
      case Ladder.Threshold.RemainingBelow(Money amount) -> json.put(REMAINING, amount.toCents());
      case Ladder.Threshold.UsedAtLeast(BigDecimal percent) -> json.put(USED, percent);
    }
    switch (step.action()) {
      case Ladder.Action.Warn _ -> json.put("action", "warn");
      case Ladder.Action.Block _ -> json.put("action", "block");
      case Ladder.Action.Downgrade(Tier from, Tier to) -> {
        json.put("action", "downgrade");
        json.put("from", from.wire());
        json.put("to", to.wire());
      }
    }
    @Nullable String requestClass = step.requestClass();
    if (requestClass != null) {
      json.put(CLASS, requestClass);
    }
    return json;
  }

  static String text(Ladder ladder) {
    return Fields.text(write(ladder));
  }
}
