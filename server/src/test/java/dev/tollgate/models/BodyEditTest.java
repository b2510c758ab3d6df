package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BodyEditTest {

  static final CallShape ANY =
      new CallShape(
          new CallShape.Input(0, ByteCounts.NONE, 0, 0, 0, 0, 0, false, CacheWrite.NONE),
          new CallShape.Output(null, 1, new Thinking.Unsaid(), null),
          new CallShape.Terms(null, null, null, Map.of()),
          new CallShape.Features(false, false, false, false, List.of()));

  private static BodyEdit edit(String body) {
    BodyBytes bytes = BodyBytes.of(body.getBytes(StandardCharsets.UTF_8));
    RequestScan scan = RequestScan.of(RequestScan.factory(32), bytes, Set.of("model"));
    return new BodyEdit(bytes, new Envelope("m", ANY, scan.spans(), null, true));
  }

  @Test
  void leavesABodyWithoutEditsAsItCame() {
    String body = " {\"model\" :\"m\" , \"x\":1.50}\n";
    assertThat(edit(body).apply().toString()).isEqualTo(body);
  }

  @Test
  void changesOneValueAndNoOtherByte() {
    assertThat(
            edit("{ \"x\": \"ü\\u00e9\",\"model\" : \"m\", \"y\":1e2 }").text("model", "n").apply())
        .hasToString("{ \"x\": \"ü\\u00e9\",\"model\" : \"n\", \"y\":1e2 }");
  }

  @Test
  void putsANewMemberFirst() {
    assertThat(edit("{ \"model\":\"m\"}").json("max_tokens", "5").apply())
        .hasToString("{ \"max_tokens\":5,\"model\":\"m\"}");
  }

  @Test
  void takesMembersOutAndKeepsTheOthersByteForByte() {
    String body = "{\"thinking\":{\"a\":1}, \"b\" : 2,\"model\":\"m\",\"c\":[ 1 ]}";
    assertThat(edit(body).json("thinking", null).json("b", null).text("model", "n").apply())
        .hasToString("{\"model\":\"n\",\"c\":[ 1 ]}");
  }

  @Test
  void changesWhatIsBelowAMember() {
    assertThat(edit("{\"model\":\"m\",\"o\":{\"e\":\"x\",\"f\":1}}").json("o.e", "\"y\"").apply())
        .hasToString("{\"model\":\"m\",\"o\":{\"e\":\"y\",\"f\":1}}");
    assertThat(edit("{\"model\":\"m\",\"o\":{\"e\":\"x\"}}").json("o.e", null).apply())
        .hasToString("{\"model\":\"m\"}");
    assertThat(edit("{\"model\":\"m\"}").json("stream_options.include_usage", "true").apply())
        .hasToString("{\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}");
  }
}
