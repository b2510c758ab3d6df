package dev.tollgate.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class MembersTest {

  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void keepsEveryValueAsItWasWritten() {
    Members members =
        Members.of(
            Raw.of(
                " { \"a\" : 1.50 , \"b\":[1, {\"x\":\"}\"}] ,\"c\":\"\\u00e9 \\\" ü\",\"d\":null,"
                    + "\"e\":-12,\"f\":{ \"y\" : true },\"g\":true,\"h\":12345678901234567890} "));
    assertThat(members.get("a")).hasToString("1.50");
    assertThat(members.get("b")).hasToString("[1, {\"x\":\"}\"}]");
    assertThat(members.get("c")).hasToString("\"\\u00e9 \\\" ü\"");
    assertThat(members.string("c")).isEqualTo("é \" ü");
    assertThat(members.get("d")).hasToString("null");
    assertThat(members.get("e")).hasToString("-12");
    assertThat(members.within("f").get("y")).hasToString("true");
    assertThat(members.get("g")).hasToString("true");
    assertThat(members.get("h")).hasToString("12345678901234567890");
    assertThat(Raw.of("12345678901234567890").whole()).isNull();
    assertThat(Raw.of("-12").whole()).isEqualTo(-12);
  }

  @Test
  void changesOneMemberAndKeepsTheOrder() {
    Members members = Members.of(Raw.of("{\"a\":1,\"b\":2,\"c\":3}"));
    assertThat(members.with("b", Raw.string("x\"y")).without("c").with("d", Raw.TRUE).raw())
        .hasToString("{\"a\":1,\"b\":\"x\\\"y\",\"d\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1}}",
        "{\"a\":1} x",
        "",
        "[",
        "nul",
        "{\"a\":tru}",
        "{\"a\":{\"b\":[1,2}}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":\"\u0001\"}"
      })
  void refusesWhatIsNoObject(String json) {
    assertThatThrownBy(() -> Members.of(Raw.of(json))).isInstanceOf(RpcError.class);
  }

  @Test
  void refusesAMemberThatIsThereTwice() {
    assertThatThrownBy(() -> Members.of(Raw.of("{\"a\":1,\"\\u0061\":2}")))
        .isInstanceOf(RpcError.class)
        .hasMessageContaining("twice");
  }

  @Test
  void refusesWhatNestsTooDeep() {
    String deep = "{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
    assertThatThrownBy(() -> Members.of(Raw.of(deep))).isInstanceOf(RpcError.class);
  }

  @Test
  void losesNothingOfWhatItReadsAndWrites() {
    for (long seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      String json = JSON.writeValueAsString(value(random, 4));
      Raw rewritten = rewritten(Raw.of(json));
      assertThat(JSON.readTree(rewritten.json())).as("seed " + seed).isEqualTo(JSON.readTree(json));
    }
  }

  private static Raw rewritten(Raw raw) {
    if (raw.isObject()) {
      Members members = Members.of(raw);
      for (Map.Entry<String, Raw> member : members.entries()) {
        members = members.with(member.getKey(), rewritten(member.getValue()));
      }
      return members.raw();
    }
    return raw.isArray()
        ? Elements.raw(Elements.of(raw).stream().map(MembersTest::rewritten).toList())
        : raw;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextDouble() * 1e9;
      case 2 -> random.nextBoolean();
      case 3 -> text(random);
      case 4 -> random.nextInt(100);
      case 5 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put(text(random), value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 0x20 + random.nextInt(0x5f);
            case 1 -> random.nextInt(0x20);
            case 2 -> 0xa1 + random.nextInt(0x500);
            default -> 0x1f600 + random.nextInt(40);
          });
    }
    return text.toString();
  }
}
