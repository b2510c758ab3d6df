package dev.tollgate.litellm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who serves a model, as LiteLLM names it before the slash, and where Tollgate finds it.
 *
 * @param dialect {@code anthropic} or {@code openai}
 * @param baseUrl null: a deployment must say it
 * @param keyVariable where LiteLLM looks for a key that is not configured
 * @param priceList its name in the catalogue of prices; "": it has none there
 * @param compatible whether LiteLLM speaks another interface of it than Tollgate will
 */
record Vendor(
    String prefix,
    String dialect,
    @Nullable String baseUrl,
    String keyVariable,
    String priceList,
    boolean compatible) {

  static final String ANTHROPIC = "anthropic";
  static final String OPENAI = "openai";
  static final String AZURE = "azure";

  private static final Map<String, Vendor> ALL =
      Stream.of(
              new Vendor(
                  ANTHROPIC,
                  ANTHROPIC,
                  "https://api.anthropic.com",
                  "ANTHROPIC_API_KEY",
                  ANTHROPIC,
                  false),
              openai(OPENAI, "https://api.openai.com/v1", "OPENAI_API_KEY", OPENAI),
              openai(AZURE, null, "AZURE_API_KEY", ""),
              openai("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", "groq"),
              openai("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral"),
              openai("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek"),
              openai("xai", "https://api.x.ai/v1", "XAI_API_KEY", "x-ai"),
              openai("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "moonshotai"),
              openai("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", ""),
              openai("together_ai", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY", ""),
              openai(
                  "fireworks_ai",
                  "https://api.fireworks.ai/inference/v1",
                  "FIREWORKS_AI_API_KEY",
                  ""),
              openai("perplexity", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY", ""),
              openai("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", ""),
              openai("deepinfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY", ""),
              openai("nvidia_nim", "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY", ""),
              openai("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", ""),
              openai("hosted_vllm", null, "HOSTED_VLLM_API_KEY", ""),
              openai("vllm", null, "VLLM_API_KEY", ""),
              openai("lm_studio", null, "LM_STUDIO_API_KEY", ""),
              openai("llamafile", null, "LLAMAFILE_API_KEY", ""),
              openai("custom_openai", null, "OPENAI_API_KEY", ""),
              openai("openai_like", null, "OPENAI_LIKE_API_KEY", ""),
              openai("litellm_proxy", null, "LITELLM_PROXY_API_KEY", ""),
              new Vendor(
                  "gemini",
                  OPENAI,
                  "https://generativelanguage.googleapis.com/v1beta/openai",
                  "GEMINI_API_KEY",
                  "google",
                  true),
              new Vendor("ollama", OPENAI, "http://localhost:11434/v1", "OLLAMA_API_KEY", "", true),
              new Vendor(
                  "ollama_chat", OPENAI, "http://localhost:11434/v1", "OLLAMA_API_KEY", "", true))
          .collect(Collectors.toMap(Vendor::prefix, Function.identity()));

  /** Beginnings of names that LiteLLM takes without a vendor. */
  private static final List<String> OF_OPENAI =
      List.of("gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-", "ft:gpt-");

  /** Servers that one runs oneself, as a rule without a key. */
  private static final Set<String> KEYLESS =
      Set.of(
          "hosted_vllm", "vllm", "lm_studio", "llamafile", "openai_like", "ollama", "ollama_chat");

  private static Vendor openai(
      String prefix, @Nullable String baseUrl, String keyVariable, String priceList) {
    return new Vendor(prefix, OPENAI, baseUrl, keyVariable, priceList, false);
  }

  /** Whether it answers without a key, too. */
  boolean keyless() {
    return KEYLESS.contains(prefix);
  }

  /** A model with who serves it. */
  record Model(Vendor vendor, String name) {}

  /**
   * Reads {@code vendor/name}, or a name that tells its vendor.
   *
   * @param custom {@code custom_llm_provider}, which goes before; null: not said
   * @return null where the vendor is none that Tollgate reaches
   */
  static @Nullable Model of(String model, @Nullable String custom) {
    if (custom != null) {
      Vendor vendor = ALL.get(custom);
      return vendor == null ? null : new Model(vendor, without(model, custom + "/"));
    }
    int slash = model.indexOf('/');
    if (slash > 0) {
      Vendor vendor = ALL.get(model.substring(0, slash));
      return vendor == null ? null : new Model(vendor, model.substring(slash + 1));
    }
    boolean openAi = OF_OPENAI.stream().anyMatch(model::startsWith);
    Vendor vendor = ALL.get(model.startsWith("claude") ? ANTHROPIC : openAi ? OPENAI : "");
    return vendor == null ? null : new Model(vendor, model);
  }

  private static String without(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }
}
