package dev.tollgate.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Raw;
import dev.tollgate.spend.Outcome;
import dev.tollgate.upstreams.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndingTest {

  private static Outcome.@Nullable Status of(String result) {
    return Ending.of(new Answer.Result(Raw.of(result)));
  }

  private static Outcome.@Nullable Status fault(String error) {
    return Ending.of(new Answer.Fault(Raw.of(error)));
  }

  @Test
  void aResultIsACallWhateverItSays() {
    assertThat(of("{\"content\":[]}")).isEqualTo(Outcome.Status.OK);
    assertThat(of("{\"isError\":false,\"resultType\":\"complete\"}")).isEqualTo(Outcome.Status.OK);
    assertThat(of("{\"isError\":true}")).isEqualTo(Outcome.Status.ERROR);
    assertThat(of("[1]")).isEqualTo(Outcome.Status.OK);
  }

  @Test
  void aQuestionIsNoCallYet() {
    assertThat(of("{\"resultType\":\"input_required\",\"inputRequests\":{}}")).isNull();
    assertThat(
            fault(
                "{\"code\":-32042,\"message\":\"m\",\"data\":{\"elicitations\":[{\"url\":\"u\"}]}}"))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {-32700, -32600, -32601, -32602, -32020, -32021, -32022})
  void aRequestThatTheServerRefusedIsNone(long code) {
    assertThat(fault("{\"code\":" + code + ",\"message\":\"m\"}")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":-32603,\"message\":\"m\"}",
        "{\"code\":-32000}",
        "{\"code\":4294934694}",
        "{\"code\":\"-32602\"}",
        "{}",
        "7"
      })
  void anyOtherErrorMayHaveBeenCarriedOut(String error) {
    assertThat(fault(error)).isEqualTo(Outcome.Status.ERROR);
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void whatNobodyKnowsTheOutcomeOfIsACall(ErrorCode code) {
    boolean unknown =
        switch (code) {
          case UPSTREAM_TIMEOUT, UPSTREAM_INVALID, REQUEST_TIMEOUT, INTERNAL -> true;
          default -> false;
        };
    assertThat(Ending.of(new Answer.Failed(Failure.of(code, "m"))))
        .isEqualTo(unknown ? Outcome.Status.ERROR : null);
  }
}
