package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The settings of each client that can be connected, as its documentation has them: %1$s is the
 * gateway, %2$s the key, %3$s the gateway as an MCP server.
 */
enum ConnectSettings {

  /** Source: Claude Code, "Gateway compatibility" and "Environment variables". */
  CLAUDE_CODE(
      """
      export ANTHROPIC_BASE_URL=%1$s
      export ANTHROPIC_AUTH_TOKEN=%2$s
      # say what kind of request each is, so that titles and summaries are downgraded first:
      export CLAUDE_CODE_GATEWAY_HINT_HEADERS=1
      # offer the gateway's models by /model:
      export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1
      # its tools, once:
      # claude mcp add --transport http tollgate %3$s --header "Authorization: Bearer %2$s"
      """),

  ANTHROPIC_SDK(
      """
      export ANTHROPIC_BASE_URL=%1$s
      export ANTHROPIC_API_KEY=%2$s
      """),

  OPENAI_SDK(
      """
      export OPENAI_BASE_URL=%1$s/v1
      export OPENAI_API_KEY=%2$s
      """),

  /**
   * Source: Codex, "Configuration reference": a provider's key is a variable, never in the file.
   */
  CODEX(
      """
      export TOLLGATE_KEY=%2$s
      # and in ~/.codex/config.toml, with a model of OpenAI's dialect (Codex speaks Responses alone):
      # model = "gpt-5.5"
      # model_provider = "tollgate"
      #
      # [model_providers.tollgate]
      # name = "Tollgate"
      # base_url = "%1$s/v1"
      # env_key = "TOLLGATE_KEY"
      # wire_api = "responses"
      #
      # [mcp_servers.tollgate]
      # url = "%3$s"
      # bearer_token_env_var = "TOLLGATE_KEY"
      """),

  /** Cursor, Cline, Continue, Open WebUI and whatever else asks for these three in a form. */
  OPENAI_COMPATIBLE(
      """
      # Base URL (where it asks for one, "override OpenAI base URL"):
      #   %1$s/v1
      # API key:
      #   %2$s
      # Models: the names that this lists
      curl -s %1$s/v1/models -H "authorization: Bearer %2$s"
      """),

  /** Source: LiteLLM, "OpenAI-compatible endpoints" and "Anthropic": models as openai/NAME. */
  LITELLM(
      """
      # models as openai/NAME
      export OPENAI_API_BASE=%1$s/v1
      export OPENAI_BASE_URL=%1$s/v1
      export OPENAI_API_KEY=%2$s
      # models as anthropic/NAME
      export ANTHROPIC_API_BASE=%1$s
      export ANTHROPIC_API_KEY=%2$s
      """),

  /** Source: LangChain's ChatOpenAI and ChatAnthropic, whose base URLs these are. */
  LANGCHAIN(
      """
      # ChatOpenAI, OpenAIEmbeddings
      export OPENAI_API_BASE=%1$s/v1
      export OPENAI_BASE_URL=%1$s/v1
      export OPENAI_API_KEY=%2$s
      # ChatAnthropic
      export ANTHROPIC_API_URL=%1$s
      export ANTHROPIC_BASE_URL=%1$s
      export ANTHROPIC_API_KEY=%2$s
      """),

  /**
   * Source: AI SDK's createOpenAI and createAnthropic, which both take it with /v1; since version 5
   * an OpenAI model is called by Responses unless one says chat.
   */
  VERCEL_AI_SDK(
      """
      export TOLLGATE_KEY=%2$s
      # import { createAnthropic } from '@ai-sdk/anthropic';
      # import { createOpenAI } from '@ai-sdk/openai';
      #
      # const anthropic = createAnthropic({ baseURL: '%1$s/v1', apiKey: process.env.TOLLGATE_KEY });
      # const openai = createOpenAI({ baseURL: '%1$s/v1', apiKey: process.env.TOLLGATE_KEY });
      # openai.chat('gpt-4o-mini') reaches every model; openai('gpt-4o-mini') calls /v1/responses,
      # which reaches those of OpenAI's dialect
      """),

  CURL(
      """
      curl %1$s/v1/models -H 'authorization: Bearer %2$s' -H 'anthropic-version: 2023-06-01'
      """),

  MCP(
      """
      {"mcpServers": {"tollgate": {"type": "http", "url": "%3$s", "headers": {"Authorization": "Bearer %2$s"}}}}
      """);

  private final String template;

  ConnectSettings(String template) {
    this.template = template;
  }

  String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All of them, separated by commas. */
  static String names() {
    return Arrays.stream(values()).map(ConnectSettings::wire).collect(Collectors.joining(", "));
  }

  static ConnectSettings named(String name) {
    for (ConnectSettings each : values()) {
      if (each.wire().equals(name)) {
        return each;
      }
    }
    throw Failure.of(
        ErrorCode.INVALID_REQUEST, "no client is named " + name + "; there are " + names());
  }

  /** Ready to be pasted; lines end with a newline, but for the last. */
  String filled(String base, String key, String mcp) {
    return template.formatted(base, key, mcp).stripTrailing();
  }
}
