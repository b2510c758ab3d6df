package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.testing.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code tollgate connect} prints, pasted into a shell, is all that an unmodified SDK needs.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ConnectIT {

  private final TestGateway gateway = TestGateway.start();
  private final Tenant tenant = gateway.tenant(10_000L);

  @AfterAll
  void close() {
    gateway.close();
  }

  /** An SDK that is told nothing but by its environment. */
  static final class Sdk {

    private Sdk() {}

    public static void main(String[] arguments) {
      System.out.println("model: " + (arguments[0].equals("openai") ? openai() : anthropic()));
      System.exit(0);
    }

    private static String anthropic() {
      return AnthropicOkHttpClient.fromEnv()
          .messages()
          .create(
              MessageCreateParams.builder()
                  .model("claude-haiku-5-5")
                  .maxTokens(20)
                  .addUserMessage("hi")
                  .build())
          .model()
          .asString();
    }

    private static String openai() {
      return OpenAIOkHttpClient.fromEnv()
          .chat()
          .completions()
          .create(
              ChatCompletionCreateParams.builder()
                  .model("gpt-4o-mini")
                  .maxCompletionTokens(20)
                  .addUserMessage("hi")
                  .build())
          .model();
    }
  }

  private String settings(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    assertThat(status).as(err.toString()).isZero();
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "claude-code, anthropic, claude-haiku-5-5",
    "anthropic-sdk, anthropic, claude-haiku-5-5",
    "openai-sdk, openai, gpt-4o-mini",
    "litellm, openai, gpt-4o-mini",
    "langchain, openai, gpt-4o-mini",
    "langchain, anthropic, claude-haiku-5-5"
  })
  void anSdkNeedsNothingElse(String client, String sdk, String model) throws IOException {
    String printed =
        settings("connect", client, "--url", gateway.url() + "/", "--key", tenant.key());
    List<String> shell = List.of("sh", "-c", "eval \"$0\"; exec \"$@\"", printed);
    try (ChildJvm child = ChildJvm.start(shell, Sdk.class, sdk)) {
      assertThat(child.awaitLine("model: ")).startsWith(model);
    }
  }

  /**
   * What begins with # is for another place than the shell, and the shell must not trip over it.
   */
  @ParameterizedTest
  @CsvSource({
    "claude-code, export CLAUDE_CODE_GATEWAY_HINT_HEADERS=1",
    "claude-code, export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1",
    "codex, # base_url = \"GATEWAY/v1\"",
    "codex, # url = \"GATEWAY/mcp\"",
    "openai-compatible, #   GATEWAY/v1",
    "litellm, export ANTHROPIC_API_BASE=GATEWAY",
    "langchain, export ANTHROPIC_API_URL=GATEWAY",
    "vercel-ai-sdk, export TOLLGATE_KEY=SECRET"
  })
  void aClientGetsItsOwnWords(String client, String line) throws Exception {
    String printed = settings("connect", client, "--url", gateway.url(), "--key", tenant.key());
    assertThat(printed.lines())
        .contains(
            line.replaceFirst("GATEWAY(?=/|$)", gateway.url()).replace("SECRET", tenant.key()));
    Process shell =
        new ProcessBuilder("sh", "-eu", "-c", printed).redirectErrorStream(true).start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
  }

  @Test
  void anOpenAiCompatibleClientGetsTheNamesOfModels() throws Exception {
    String printed =
        settings("connect", "openai-compatible", "--url", gateway.url(), "--key", tenant.key());
    Process shell =
        new ProcessBuilder("sh", "-eu", "-c", printed).redirectErrorStream(true).start();
    assertThat(new JsonMapper().readTree(shell.getInputStream().readAllBytes()).path("data"))
        .extracting(model -> model.path("id").asString())
        .contains("gpt-4o-mini");
  }

  @Test
  void anMcpClientGetsItsJson() {
    JsonNode server =
        new JsonMapper()
            .readTree(
                settings(
                    "connect",
                    "mcp",
                    "--connector",
                    "docs",
                    "--url",
                    gateway.url(),
                    "--key",
                    tenant.key()))
            .path("mcpServers")
            .path("tollgate");
    assertThat(server.path("url").stringValue()).isEqualTo(gateway.url() + "/mcp/docs");
    assertThat(server.path("headers").path("Authorization").stringValue())
        .isEqualTo("Bearer " + tenant.key());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemini --key k", "curl --key $(id)", "curl --key k --url nowhere"})
  void saysWhatIsWrong(String words) {
    StringWriter err = new StringWriter();
    String[] all = ("connect --url http://127.0.0.1:1 " + words).split(" ", -1);
    if (words.contains("--url")) {
      all = ("connect " + words).split(" ", -1);
    }
    assertThat(Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), all))
        .isNotZero();
    assertThat(err.toString()).startsWith("tollgate: ").containsAnyOf("gemini", "--key", "URL");
  }
}
