package dev.tollgate.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the specification (2026-07-28, Streamable HTTP, Value Encoding), and more. */
class HeadersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "us-west1|us-west1",
        "Hello, 世界|=?base64?SGVsbG8sIOS4lueVjA==?=",
        " padded |=?base64?IHBhZGRlZCA=?=",
        "=?base64?literal?=|=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="
      })
  void encodesWhatNoHeaderHolds(String value, String header) {
    assertThat(HeaderText.encode(value)).isEqualTo(header);
    assertThat(HeaderText.decode(header)).isEqualTo(value);
  }

  @Test
  void encodesLineEnds() {
    assertThat(HeaderText.encode("line1\nline2")).isEqualTo("=?base64?bGluZTEKbGluZTI=?=");
    assertThat(HeaderText.decode("=?base64?%%%?=")).isNull();
    assertThat(HeaderText.decode("a\u0001")).isNull();
  }

  @Test
  void findsParametersThatGoIntoHeaders() {
    Members tool =
        Members.of(
            Raw.of(
                """
                {"name":"t","inputSchema":{"type":"object","properties":{
                  "region":{"type":"string","x-mcp-header":"Region"},
                  "a":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
                  "x":{"default":{"x-mcp-header":"no schema"}}}}}\
                """));
    List<ParamHeader> headers = Objects.requireNonNull(ParamHeader.of(tool));
    assertThat(headers).hasSize(2);
    Members arguments = Members.of(Raw.of("{\"region\":\"eu\",\"a\":{\"n\":42}}"));
    assertThat(headers.stream().map(each -> each.header() + ": " + each.value(arguments)))
        .containsExactly("Mcp-Param-Region: eu", "Mcp-Param-N: 42");
    assertThat(headers.getFirst().value(Members.of(Raw.of("{\"region\":null}")))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"properties\":{\"a\":{\"type\":\"number\",\"x-mcp-header\":\"A\"}}}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"\"}}}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"a b\"}}}",
        "{\"properties\":{\"a\":{\"items\":{\"type\":\"string\",\"x-mcp-header\":\"A\"}}}}",
        "{\"oneOf\":[{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"}}}]}",
        "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
            + "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"a\"}}}"
      })
  void refusesDeclarationsThatAreInvalid(String schema) {
    Members tool = Members.NONE.with("inputSchema", Raw.of(schema));
    assertThat(ParamHeader.of(tool)).isNull();
  }
}
