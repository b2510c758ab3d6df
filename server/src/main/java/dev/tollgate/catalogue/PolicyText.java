package dev.tollgate.catalogue;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Money;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Policies of tools as JSON, as administrators write them and the table keeps them. */
public final class PolicyText {

  private static final List<String> FIELDS =
      List.of("class", "access", "public", "allowed", "price");

  private PolicyText() {}

  /**
   * Reads {@code {tool: {class?, access?, public?, allowed?, price?}}}.
   *
   * @throws Failure INVALID_REQUEST that names the field
   */
  public static Map<String, ToolPolicy> policies(String field, @Nullable JsonNode node) {
    Map<String, ToolPolicy> policies = new TreeMap<>();
    if (node == null || node.isNull()) {
      return policies;
    }
    object(field, node);
    for (String tool : node.propertyNames()) {
      policies.put(tool, policy(field + "." + tool, node.get(tool)));
    }
    return policies;
  }

  private static ToolPolicy policy(String field, JsonNode node) {
    object(field, node);
    for (String name : node.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw Failure.invalid(
            field + "." + name,
            field + "." + name + " is not known; known are " + String.join(", ", FIELDS));
      }
    }
    String kept = text(field + ".class", node.get("class"));
    return new ToolPolicy(
        kept == null ? null : Freshness.of(field + ".class", kept),
        flag(field + ".public", node.get("public")),
        flag(field + ".allowed", node.get("allowed")),
        writes(field + ".access", node.get("access")),
        price(field + ".price", node.get("price")));
  }

  /**
   * Reads the price of a call: dollars as a decimal string, such as {@code "0.002"}.
   *
   * @return null: none is said
   * @throws Failure INVALID_REQUEST that names the field
   */
  public static @Nullable Money price(String field, @Nullable JsonNode node) {
    String dollars = text(field, node);
    try {
      return dollars == null ? null : CallPrice.parse(dollars);
    } catch (IllegalArgumentException unlike) {
      throw Failure.invalid(field, field + " " + unlike.getMessage());
    }
  }

  private static @Nullable Boolean writes(String field, @Nullable JsonNode node) {
    String access = text(field, node);
    if (access == null) {
      return null;
    }
    return switch (access) {
      case "read" -> false;
      case "write" -> true;
      default -> throw Failure.invalid(field, field + " must be read or write, is " + access);
    };
  }

  private static void object(String field, @Nullable JsonNode node) {
    if (node == null || !node.isObject()) {
      throw Failure.invalid(field, field + " must be an object");
    }
  }

  private static @Nullable String text(String field, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw Failure.invalid(field, field + " must be a string");
    }
    return node.stringValue();
  }

  private static @Nullable Boolean flag(String field, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isBoolean()) {
      throw Failure.invalid(field, field + " must be true or false");
    }
    return node.booleanValue();
  }

  /** What {@link #policies} reads, without what is null. */
  public static Map<String, Object> view(Map<String, ToolPolicy> policies) {
    Map<String, Object> view = new TreeMap<>();
    policies.forEach((tool, policy) -> view.put(tool, view(policy)));
    return view;
  }

  private static Map<String, Object> view(ToolPolicy policy) {
    Map<String, Object> view = new LinkedHashMap<>();
    if (policy.freshness() != null) {
      view.put("class", policy.freshness().wire());
    }
    if (policy.writes() != null) {
      view.put("access", policy.writes() ? "write" : "read");
    }
    if (policy.shared() != null) {
      view.put("public", policy.shared());
    }
    if (policy.allowed() != null) {
      view.put("allowed", policy.allowed());
    }
    if (policy.price() != null) {
      view.put("price", policy.price().toDollars());
    }
    return view;
  }
}
