package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Errors keep their status and their message in the other dialect. */
class ErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | {"type":"error","error":{"type":"invalid_request_error","message":"m"}} | m | invalid_request_error | invalid_request_error
          401 | {"type":"error","error":{"type":"authentication_error","message":"m"}} | m | invalid_request_error | authentication_error
          429 | {"type":"error","error":{"type":"rate_limit_error","message":"m"}} | m | requests | rate_limit_exceeded
          529 | {"type":"error","error":{"type":"overloaded_error","message":"m"}} | m | server_error | overloaded_error
          500 | <html>oops</html> | the provider answered with status 500 and no message | server_error |
          502 | upstream connect error | upstream connect error | server_error |
          503 | {} | the provider answered with status 503 and no message | server_error |
          """)
  void writesOpenAis(int status, String body, String message, String type, String code) {
    JsonNode error =
        Talk.JSON
            .readTree(
                Targets.direction("chat-to-messages")
                    .error(status, body.getBytes(StandardCharsets.UTF_8), "req_1"))
            .path("error");
    assertThat(error.path("message").stringValue()).isEqualTo(message);
    assertThat(error.path("type").stringValue()).isEqualTo(type);
    assertThat(error.path("code").stringValue(null)).isEqualTo(code);
    assertThat(error.has("param")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | {"error":{"message":"m","type":"invalid_request_error","param":"x","code":null}} | m | invalid_request_error
          401 | {"error":{"message":"m","type":"invalid_request_error","code":"invalid_api_key"}} | m | authentication_error
          402 | {"error":"m"} | m | billing_error
          403 | {"detail":"m"} | m | permission_error
          404 | {"message":"m"} | m | not_found_error
          413 | {"error":{"message":"m"}} | m | request_too_large
          422 | {"error":{"message":"m"}} | m | invalid_request_error
          429 | {"error":{"message":"m","type":"insufficient_quota"}} | m | rate_limit_error
          500 | {"error":{"message":"m","type":"server_error"}} | m | api_error
          503 | {"error":{"message":"m"}} | m | overloaded_error
          504 | {"error":{"message":"m"}} | m | timeout_error
          """)
  void writesAnthropics(int status, String body, String message, String type) {
    JsonNode error =
        Talk.JSON.readTree(
            Targets.direction("messages-to-chat")
                .error(status, body.getBytes(StandardCharsets.UTF_8), "req_1"));
    assertThat(error.path("type").stringValue()).isEqualTo("error");
    assertThat(error.path("request_id").stringValue()).isEqualTo("req_1");
    assertThat(error.path("error").path("message").stringValue()).isEqualTo(message);
    assertThat(error.path("error").path("type").stringValue()).isEqualTo(type);
  }
}
