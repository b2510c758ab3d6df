package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.ByteClass;
import dev.tollgate.spend.ByteCounts;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TextBlocksTest {

  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WORDS    | It had rained all week and the path along the stream was soft and brown.
          MARKUP   | for (String name : names) { total += sizes.getOrDefault(name, none()); }
          DENSE    | aGVsbG8gd29ybGQsIHRoaXMgaXMgYmFzZTY0IQo0ZmZlN2QwYzQ5Y2UyYjE4ZmEx
          DENSE    | 5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592
          DENSE    | xqzj kvwp zzxq jkqv wpxz qjxk vvzx kwqp zjxq xkzv qpwz jxvk zqxw
          GREEK    | τοπλοιοφευγειαποτολιμανι
          CYRILLIC | паромуходитизгаваниутром
          HEBREW   | המעבורתיוצאתמהנמלבשבעבבוקר
          ARABIC   | تغادرالعبارةالميناءفيالسابعة
          INDIC    | นาวาออกจากท่าเวลาเจ็ดโมงเช้า
          HAN      | 渡轮早上七点离开港口，不等任何人。
          HANGUL   | 여객선은아침일곱시에항구를떠나며
          SYMBOL   | ┌────────────┬────────────┐→∀
          ASTRAL   | 😀😃😄😁😆😅😂🤣🥲😊😇🙂🙃😉😌
          ESCAPE   | \\u4f60\\u597d\\u4f60\\u597d\\u4f60\\u597d\\u4f60\\u597d\\u4f60\\u597d\\u4f60\\u597d
          """)
  void knowsWhatTextIsMadeOf(ByteClass of, String text) {
    String body = body(text.replace("\\\\", "\\").repeat(40));
    ByteCounts counts = scan(body).byteCounts();
    assertThat(counts.of(of)).isGreaterThan(8 * body.getBytes(StandardCharsets.UTF_8).length / 10);
  }

  @ParameterizedTest
  @CsvSource({"0x530, 0x58F", "0x1200, 0x12FF", "0xFB50, 0xFDFF", "0xE000, 0xEFFF", "0x700, 0x7FF"})
  void putsRareScriptsInNoClass(String from, String to) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    random.ints(1_000, Integer.decode(from), Integer.decode(to) + 1).forEach(text::appendCodePoint);
    assertThat(scan(body(text.toString())).byteCounts().sum()).isLessThan(100);
  }

  @Test
  void readsNothingThatTheModelDoesNot() {
    String prose = "It had rained all week. ".repeat(100);
    RequestScan scan =
        scan("{\"metadata\":{\"note\":\"" + prose + "\"},\"messages\":[],\"user\":\"me\"}");
    assertThat(scan.byteCounts().sum()).isEqualTo(2);
  }

  @Test
  void leavesEmbeddedDataOut() {
    String data = "It had rained all week. ".repeat(100);
    String image =
        "{\"messages\":[{\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"data\":\""
            + data
            + "\"}},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:"
            + data
            + "\"}}]}]}";
    RequestScan scan = scan(image);
    assertThat(scan.byteCounts().sum()).isLessThan(200).isLessThanOrEqualTo(scan.textBytes());
    assertThat(scan.byteCounts().of(ByteClass.WORDS)).isZero();
  }

  @Test
  void neverCountsMoreThanThereIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      int most = random.nextBoolean() ? 0x80 : random.nextBoolean() ? 0x3000 : 0x1FFFF;
      random
          .ints(random.nextInt(300), 0, most)
          .filter(one -> one < 0xD800 || one > 0xDFFF)
          .forEach(text::appendCodePoint);
      RequestScan scan = scan(body(JSON.writeValueAsString(text).replaceAll("^\"|\"$", "")));
      assertThat(scan.byteCounts().sum())
          .as("seed %s, round %s", seed, i)
          .isBetween(0L, scan.textBytes());
    }
  }

  private static String body(String text) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
  }

  private static RequestScan scan(String body) {
    return RequestScan.of(
        RequestScan.factory(16),
        BodyBytes.of(body.getBytes(StandardCharsets.UTF_8)),
        Set.of("messages"));
  }
}
