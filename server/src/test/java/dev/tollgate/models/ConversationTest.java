package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.JsonFactory;

class ConversationTest {

  private static final JsonFactory JSON = RequestScan.factory(32);
  private static final UUID ACME = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);

  private static long of(UUID organization, String body, String... headers) {
    BodyBytes bytes = BodyBytes.of(body.getBytes(StandardCharsets.UTF_8));
    RequestScan scan = RequestScan.of(JSON, bytes, Set.of("model"));
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    return Conversation.of(
        organization,
        map,
        new Envelope("m", BodyEditTest.ANY, scan.spans(), null, true, scan.opening(), List.of()),
        bytes.bytes());
  }

  private static String turns(String system, String... turns) {
    StringBuilder body = new StringBuilder("{\"system\":\"" + system + "\",\"messages\":[");
    for (int i = 0; i < turns.length; i++) {
      body.append(i == 0 ? "" : ",")
          .append("{\"role\":\"")
          .append(i % 2 == 0 ? "user" : "assistant")
          .append("\",\"content\":\"")
          .append(turns[i])
          .append("\"}");
    }
    return body.append("]}").toString();
  }

  @Test
  void isTheSameFromTurnToTurn() {
    long first = of(ACME, turns("be kind", "hello"));
    assertThat(of(ACME, turns("be kind", "hello", "hi", "how are you"))).isEqualTo(first);
    assertThat(of(ACME, turns("be kind", "hello there"))).isNotEqualTo(first);
    assertThat(of(ACME, turns("be curt", "hello"))).isNotEqualTo(first);
    assertThat(of(OTHER, turns("be kind", "hello"))).isNotEqualTo(first);
  }

  @Test
  void doesNotMindAMarkOfTheCacheThatMoves() {
    String text = "{\"type\":\"text\",\"text\":\"hello\"%s}";
    String mark = ",\"cache_control\":{\"type\":\"ephemeral\"}";
    String one = "{\"messages\":[{\"role\":\"user\",\"content\":[" + text + "]}%s]}";
    assertThat(of(ACME, one.formatted(mark, "")))
        .isEqualTo(of(ACME, one.formatted("", ",{\"role\":\"assistant\",\"content\":\"hi\"}")));
  }

  @Test
  void goesByWhatTheClientCallsItFirst() {
    String session = "x-claude-code-session-id";
    long named = of(ACME, turns("s", "hello"), session, "a");
    assertThat(of(ACME, turns("t", "compacted"), session, "a")).isEqualTo(named);
    assertThat(of(ACME, turns("s", "hello"), session, "b")).isNotEqualTo(named);
    assertThat(of(OTHER, turns("s", "hello"), session, "a")).isNotEqualTo(named);
    String keyed =
        "{\"prompt_cache_key\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
    assertThat(of(ACME, keyed.formatted("k", "one")))
        .isEqualTo(of(ACME, keyed.formatted("k", "two")));
    assertThat(of(ACME, keyed.formatted("k", "one")))
        .isNotEqualTo(of(ACME, keyed.formatted("l", "one")));
    String user =
        "{\"metadata\":{\"user_id\":\"%s\"},\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
    assertThat(of(ACME, user.formatted("user_1_session_2", "one")))
        .isEqualTo(of(ACME, user.formatted("user_1_session_2", "two")));
    assertThat(of(ACME, user.formatted("ada", "one")))
        .isNotEqualTo(of(ACME, user.formatted("ada", "two")));
    assertThat(of(ACME, user.formatted("ada", "one")))
        .isNotEqualTo(of(ACME, user.formatted("bob", "one")));
  }

  @Test
  void looksAtBothEndsOfALongText() {
    String long1 = "a".repeat(50_000);
    assertThat(of(ACME, turns("s", long1 + "x"))).isNotEqualTo(of(ACME, turns("s", long1 + "y")));
    assertThat(of(ACME, turns("s", long1 + "x", "more", "more")))
        .isEqualTo(of(ACME, turns("s", long1 + "x")));
  }
}
