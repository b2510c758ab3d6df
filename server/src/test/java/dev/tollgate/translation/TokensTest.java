package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {

  @ParameterizedTest
  @CsvSource({"0, 20", "100, 20", "120, 20", "170, 70", "9000000000000000000, 20"})
  void tellsOfReasoningThatIsReportedBesideTheCompletion(long total, long output) {
    byte[] usage =
        ("{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":" + total + "}")
            .getBytes(StandardCharsets.UTF_8);
    Tokens tokens = Tokens.ofChat(Node.parse(usage, 0, usage.length), null);
    assertThat(tokens.output()).isEqualTo(output);
    assertThat(tokens.input()).isEqualTo(100);
  }
}
