package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Images of many megabytes arrive as they were sent. */
class LargeBodyTest {

  private static final String IMAGE = "iVBORw0KGgo/+A".repeat(600_000);

  @Test
  void carriesImagesToMessages() {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
            + "\"image_url\":{\"url\":\"data:image/png;base64,"
            + IMAGE
            + "\"}},{\"type\":\"text\",\"text\":\"What?\"}]}]}";
    String expected =
        "[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\","
            + "\"data\":\""
            + IMAGE
            + "\"}},{\"type\":\"text\",\"text\":\"What?\"}]";
    assertThat(translated("chat-to-messages", body).contains(expected)).isTrue();
  }

  @Test
  void carriesImagesToChat() {
    String body =
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":["
            + "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\","
            + "\"data\":\""
            + IMAGE
            + "\"}},{\"type\":\"text\",\"text\":\"What?\"}]}]}";
    String expected =
        "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
            + IMAGE
            + "\"}},{\"type\":\"text\",\"text\":\"What?\"}]";
    assertThat(translated("messages-to-chat", body).contains(expected)).isTrue();
  }

  private static String translated(String direction, String body) {
    byte[] out =
        Targets.direction(direction)
            .request(body.getBytes(StandardCharsets.UTF_8), Targets.named("haiku"))
            .body();
    return new String(out, StandardCharsets.UTF_8);
  }
}
