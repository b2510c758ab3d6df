package dev.tollgate.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {

  private static Message read(String json) {
    return Message.read(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tellsTheKindsApart() {
    assertThat(read("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"ping\"}"))
        .isEqualTo(new Message.Request(Raw.of("\"x\""), "ping", null));
    assertThat(read("{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":{}}"))
        .isEqualTo(new Message.Notification("a", Raw.of("{}")));
    assertThat(read("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":1}}"))
        .isEqualTo(new Message.Success(Raw.of("7"), Raw.of("{\"a\":1}")));
    assertThat(read("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"\"}}"))
        .isEqualTo(new Message.Fault(null, Raw.of("{\"code\":1,\"message\":\"\"}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|-32700",
        "not json|-32700",
        "`{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"} {}`|-32700",
        "[]|-32600",
        "`[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}]`|-32600",
        "`{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"a\"}`|-32600",
        "`{\"id\":1,\"method\":\"a\"}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"a\"}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"a\"}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":4}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":[1]}`|-32602",
        "`{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"a\"}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}`|-32600",
        "`{\"jsonrpc\":\"2.0\",\"id\":1}`|-32600"
      })
  void refusesWhatIsNoMessage(String json, int code) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(RpcError.class, error -> assertThat(error.code()).isEqualTo(code));
  }
}
