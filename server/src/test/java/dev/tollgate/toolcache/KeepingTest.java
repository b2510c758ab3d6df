package dev.tollgate.toolcache;

import static dev.tollgate.toolcache.FakeServer.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Failure;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept, for how long, and under which key. */
class KeepingTest {

  private static final String ENTROPY = "q8Zr2Lx0Vb7Nc4Wm1Tk9";

  private final Keeping keeping = new Keeping(CacheConfig.DEFAULT, new ManualClock());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"token\":\"x\"}",
        "{\"a\":[{\"password\":\"hunter2\"}]}",
        "{\"password\":12345678}",
        "{\"apiKey\":[\"abc\"]}",
        "{\"Authorization\":\"Basic abc\"}",
        "{\"client_secret\":\"s\"}",
        "{\"text\":\"ghp_0123456789abcdefghijABCDEFGHIJ012345\"}",
        "{\"text\":\"use AKIAIOSFODNN7EXAMPLE here\"}",
        "{\"text\":\"-----BEGIN RSA PRIVATE KEY-----\"}",
        "{\"url\":\"postgres://user:secret@host/db\"}",
        "{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"secret\\\":\\\"x\\\"}\"}]}",
        "{\"webhookSecret\":\"" + ENTROPY + "\"}",
        "{\"bot_token\":\"" + ENTROPY + "\"}",
        "not json",
        "{\"open\":"
      })
  void findsSecrets(String json) {
    assertThat(SecretScan.finds(bytes(json))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"nextPageToken\":\"" + ENTROPY + "\"}",
        "{\"next_page_token\":\"" + ENTROPY + "\"}",
        "{\"cursor\":\"" + ENTROPY + "\"}",
        "{\"sha\":\"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\"}",
        "{\"tokens\":17,\"maxTokens\":100,\"token_count\":\"12\"}",
        "{\"token\":\"\"}",
        "{\"token\":null}",
        "{\"inputSchema\":{\"properties\":{\"token\":{\"type\":\"string\"}}}}",
        "{\"webhookSecret\":\"see the manual\"}",
        "{\"secretary\":\"Ms " + ENTROPY + "\"}",
        "{\"text\":\"the password is not told\"}",
        "{\"url\":\"https://example.org/a:b@c\"}",
        "{\"issueKey\":\"PROJECT-1234567890abc\"}"
      })
  void takesNothingElseForASecret(String json) {
    assertThat(SecretScan.finds(bytes(json))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"isError\":true,\"content\":[1]}",
        "{\"content\":[1],\"isError\":true}",
        "{\"resultType\":\"input_required\"}",
        "{\"tools\":[]}",
        "{\"nextCursor\":\"a\",\"resources\":[]}",
        "{\"content\":[1]",
        "[]",
        "null",
        ""
      })
  void keepsNoErrorNoQuestionAndNoEmptyList(String result) {
    assertThat(ResultScan.of(bytes(result)).keepable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":[]}",
        "{\"isError\":false,\"content\":[{\"isError\":true}]}",
        "{\"tools\":[{\"name\":\"a\",\"x\":[[]]}],\"ttlMs\":1,\"resultType\":\"complete\"}",
        "{\"structuredContent\":{\"tools\":[]}}",
        "{}"
      })
  void keepsEveryOtherResult(String result) {
    assertThat(ResultScan.of(bytes(result)).keepable()).isTrue();
  }

  @Test
  void honoursWhatTheServerSaysOfTime() {
    assertThat(kept("{\"tools\":[1],\"ttlMs\":1500}", Freshness.HINTED)).isEqualTo(1_500);
    assertThat(kept("{\"ttlMs\":1500,\"tools\":[[1],{}]}", Freshness.HINTED)).isEqualTo(1_500);
    assertThat(kept("{\"tools\":[1]}", Freshness.HINTED)).isEqualTo(300_000);
    assertThat(kept("{\"tools\":[1],\"ttlMs\":0}", Freshness.HINTED)).isZero();
    assertThat(kept("{\"tools\":[1],\"ttlMs\":99999999999999999999}", Freshness.HINTED))
        .isEqualTo(86_400_000);
    assertThat(kept("{\"content\":[1],\"ttlMs\":5}", Freshness.STABLE)).isEqualTo(3_600_000);
  }

  private long kept(String result, Freshness freshness) {
    ReadCall call =
        new ReadCall(
            FakeServer.key("o", "{}"),
            freshness,
            CacheControl.NONE,
            "custom",
            "t",
            Duration.ofSeconds(1),
            FakeServer.saying(result, new AtomicInteger()));
    Entry entry = keeping.entry(call, new Upstream.Answer(bytes(result), false), 1);
    return entry == null ? 0 : entry.ttlMillis();
  }

  @Test
  void keepsNothingTooLargeAndNoErrorOfTheProtocol() {
    ReadCall call =
        FakeServer.call(FakeServer.key("o", "{}"), FakeServer.saying("", new AtomicInteger()));
    byte[] large = bytes("{\"content\":[\"" + "x".repeat(1 << 20) + "\"]}");
    assertThat(keeping.entry(call, new Upstream.Answer(large, false), 1)).isNull();
    assertThat(keeping.entry(call, new Upstream.Answer(bytes("{}"), true), 1)).isNull();
    assertThat(keeping.entry(call, new Upstream.Answer(bytes("{}"), false), 1)).isNotNull();
  }

  @Test
  void takesArgumentsForEqualThatMeanTheSame() {
    assertThat(digest("{\"a\":1,\"b\":[1,2]}")).isEqualTo(digest(" {\"b\":[1.0, 2],\n\"a\":1}"));
    assertThat(digest("{\"a\":\"\\u0041\"}")).isEqualTo(digest("{\"a\":\"A\"}"));
    assertThat(digest("{\"a\":[1,2]}")).isNotEqualTo(digest("{\"a\":[2,1]}"));
  }

  /** As doubles, which is all that the canonical form knows, these are one number. */
  @Test
  void tellsNumbersApartThatAreOneDouble() {
    assertThat(digest("{\"id\":9007199254740993}"))
        .isNotEqualTo(digest("{\"id\":9007199254740992}"));
    assertThat(digest("{\"id\":0.1000000000000000055}")).isNotEqualTo(digest("{\"id\":0.1}"));
    assertThat(digest("{\"id\":1e400}")).isNotEqualTo(digest("{\"id\":1e500}"));
    assertThat(digest("{\"a\":1,\"a\":2}")).isNotEqualTo(digest("{\"a\":2}"));
  }

  private static Digest digest(String arguments) {
    return FakeServer.key("o", arguments).digest("e", "g");
  }

  @Test
  void partsOfAKeyDoNotRunIntoEachOther() {
    assertThat(Digest.of("ab", "c")).isNotEqualTo(Digest.of("a", "bc"));
    assertThat(Digest.of("a", null)).isNotEqualTo(Digest.of("a", ""));
    assertThat(Digest.of("a")).isNotEqualTo(Digest.of("a", null));
    assertThat(Scope.of("e", "o", "c")).isNotEqualTo(Scope.of("e", "oc", ""));
  }

  @Test
  void readsWhatTheCallerWants() {
    assertThat(CacheControl.parse("cache", "max-age=60").maxAge()).isEqualTo(Duration.ofMinutes(1));
    for (String wrong : new String[] {"", "max-age=", "max-age=-1", "max-age=1s", "NO-CACHE"}) {
      assertThatThrownBy(() -> CacheControl.parse("_meta.cache", wrong))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("_meta.cache");
    }
  }

  @Test
  void anEntrySurvivesItsWayThroughRedis() {
    Entry entry = new Entry(bytes("{}"), 5, 6, 7, "custom");
    Entry decoded = Entry.decoded(entry.encoded(), "custom");
    assertThat(decoded).usingRecursiveComparison().isEqualTo(entry);
    assertThat(Entry.decoded(new byte[] {2, 3}, "custom")).isNull();
  }
}
