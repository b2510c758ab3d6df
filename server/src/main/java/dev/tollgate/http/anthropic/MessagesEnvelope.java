package dev.tollgate.http.anthropic;

import dev.tollgate.kernel.Failure;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.RequestScan;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request to Messages says that changes its price, its route or a policy (Anthropic's API
 * reference, Messages). Everything else passes unread.
 */
final class MessagesEnvelope {

  static final String THREAD = "thread";

  /** Members that something is decided on: twice, and it could be decided on the wrong one. */
  static final Set<String> POLICY =
      Set.of(
          "model",
          "messages",
          "system",
          "tools",
          "tool_choice",
          "max_tokens",
          "stream",
          "thinking",
          "service_tier",
          "speed",
          "inference_geo",
          "output_config",
          "output_format",
          "container",
          "mcp_servers",
          "context_management",
          "cache_control",
          THREAD);

  /** Tools that have a type of their own and run at the caller's, where they cost nothing. */
  private static final List<String> CALLERS_OWN =
      List.of("bash_", "text_editor_", "computer_", "memory_", "tool_search_tool_");

  private static final String COMPACT = "compact_";

  /** The edit that is known, and from where on it compacts if the request does not say. */
  private static final String COMPACT_KNOWN = "compact_20260112";

  private static final long COMPACT_UNSAID = 150_000;

  private MessagesEnvelope() {}

  static Envelope read(RequestScan scan, MultiMap headers) {
    String model = scan.string("model");
    if (model == null || model.isBlank()) {
      throw Failure.invalid("model", "the field model is missing");
    }
    scan.refuseOtherModels();
    refuseThreads(scan);
    Thinking thinking = thinking(scan.tree("thinking"));
    CallShape shape =
        new CallShape(
            new CallShape.Input(
                scan.textBytes(),
                scan.byteCounts(),
                scan.messages() + (scan.has("system") ? 1 : 0),
                scan.tools(),
                scan.images(),
                scan.documents(),
                scan.audios(),
                scan.external() || scan.has("container") || scan.has("mcp_servers"),
                cacheWrite(scan)),
            new CallShape.Output(scan.whole("max_tokens", 0), 1, thinking, effort(scan)),
            new CallShape.Terms(
                scan.string("service_tier"),
                scan.string("speed"),
                scan.string("inference_geo"),
                hostedTools(scan),
                compactsFrom(scan.tree("context_management"))),
            new CallShape.Features(
                scan.bool("stream"),
                forcesTool(scan.tree("tool_choice")),
                scan.thinkingBlocks(),
                structured(scan),
                betas(headers)));
    return new Envelope(
        model,
        shape,
        scan.spans(),
        scan.has("max_tokens") ? "max_tokens" : null,
        true,
        scan.opening(),
        scan.objects());
  }

  /**
   * Anthropic's own error for what threads do not go with, upon which its SDKs' loop of tools sends
   * the whole conversation instead.
   */
  private static void refuseThreads(RequestScan scan) {
    if (scan.has(THREAD)) {
      throw Failure.invalid(
          THREAD,
          "thread is not offered here: the provider would keep the conversation, whose length and"
              + " tools no budget could bound; send the whole conversation without it");
    }
  }

  private static CacheWrite cacheWrite(RequestScan scan) {
    JsonNode automatic = scan.tree("cache_control");
    if (automatic == null) {
      return scan.cacheWrite();
    }
    boolean hour = automatic.path("ttl").stringValue("").equals("1h");
    return hour || scan.cacheWrite() == CacheWrite.ONE_HOUR
        ? CacheWrite.ONE_HOUR
        : CacheWrite.FIVE_MINUTES;
  }

  private static Thinking thinking(@Nullable JsonNode thinking) {
    if (thinking == null) {
      return new Thinking.Unsaid();
    }
    return switch (thinking.path("type").stringValue("")) {
      case "disabled" -> new Thinking.Disabled();
      case "between_tools" -> new Thinking.BetweenTools();
      case "enabled" -> new Thinking.Enabled(Math.max(0, thinking.path("budget_tokens").asLong(0)));
      default -> new Thinking.Adaptive();
    };
  }

  /**
   * From how many tokens on the prompt is summed up first; null: never. Source: Anthropic's guide
   * to compaction at a token threshold.
   */
  private static @Nullable Long compactsFrom(@Nullable JsonNode management) {
    Long from = null;
    if (management != null) {
      for (JsonNode edit : management.path("edits")) {
        String type = edit.path("type").stringValue("");
        if (type.startsWith(COMPACT)) {
          long here = compactsFrom(type, edit.path("trigger"));
          from = from == null ? here : Math.min(from, here);
        }
      }
    }
    return from;
  }

  private static long compactsFrom(String type, JsonNode trigger) {
    if (!type.equals(COMPACT_KNOWN)) {
      return 0;
    }
    if (trigger.isMissingNode() || trigger.isNull()) {
      return COMPACT_UNSAID;
    }
    JsonNode value = trigger.path("value");
    return trigger.path("type").stringValue("").equals("input_tokens") && value.isIntegralNumber()
        ? Math.max(0, value.asLong(0))
        : 0;
  }

  private static @Nullable String effort(RequestScan scan) {
    JsonNode config = scan.tree("output_config");
    return config == null ? null : config.path("effort").stringValue(null);
  }

  private static boolean structured(RequestScan scan) {
    JsonNode config = scan.tree("output_config");
    return scan.has("output_format") || (config != null && config.hasNonNull("format"));
  }

  private static boolean forcesTool(@Nullable JsonNode choice) {
    if (choice == null) {
      return false;
    }
    String type = choice.path("type").stringValue("");
    return type.equals("any") || type.equals("tool");
  }

  private static Map<String, Integer> hostedTools(RequestScan scan) {
    Map<String, Integer> hosted = new HashMap<>(scan.hostedTools());
    hosted.keySet().removeIf(type -> CALLERS_OWN.stream().anyMatch(type::startsWith));
    return hosted;
  }

  private static List<String> betas(MultiMap headers) {
    List<String> betas = new ArrayList<>();
    for (String header : headers.getAll("anthropic-beta")) {
      for (String beta : header.split(",", -1)) {
        if (!beta.isBlank()) {
          betas.add(beta.strip());
        }
      }
    }
    return betas;
  }
}
