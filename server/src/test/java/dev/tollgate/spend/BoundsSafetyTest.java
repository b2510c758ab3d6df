package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Learned bounds against real vocabularies, on text that they have not seen. */
class BoundsSafetyTest {

  private static final ModelEntry MODEL = model("gpt-4o");
  private static final int TAUGHT = 300;
  private static final int HELD_OUT = 60;

  @ParameterizedTest
  @EnumSource(
      value = EncodingType.class,
      names = {"O200K_BASE", "CL100K_BASE"})
  void boundsHeldOutTextOfEveryKindThatWasTaught(EncodingType type) {
    Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
    Map<String, Prompts> kinds = ordinary();
    Bounds bounds = taught(encoding, kinds);
    Factors factors = bounds.factors("p", MODEL);
    Random random = new Random(2);
    kinds.forEach((name, kind) -> {
      for (int i = 0; i < HELD_OUT; i++) {
        Prompts.Sample sample = kind.sample(encoding, random, true);
        assertThat(bound(sample, factors))
            .as("%s, request %s, by %s", name, i, factors)
            .isBetween(sample.tokens(), bound(sample, Factors.PROVEN));
      }
    });
    for (String worthwhile : List.of("english", "chinese", "russian", "arabic", "korean", "java")) {
      Prompts.Sample sample = Prompts.of(worthwhile).sample(encoding, random, true);
      assertThat(bound(sample, factors))
          .as("%s by %s", worthwhile, factors)
          .isLessThan(bound(sample, Factors.PROVEN) * 3 / 4);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EncodingType.class,
      names = {"O200K_BASE", "CL100K_BASE"})
  void boundsTextThatWasMadeToBeDearAfterItsFirstExcess(EncodingType type) {
    Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
    odd()
        .forEach((name, kind) -> {
          Bounds bounds = taught(encoding, Map.of("english", Prompts.of("english")));
          Random random = new Random(3);
          int excesses = 0;
          for (int i = 0; i < HELD_OUT; i++) {
            Prompts.Sample sample = kind.sample(encoding, random, true);
            long bound = bound(sample, bounds.factors("p", MODEL));
            assertThat(sample.tokens()).as(name).isLessThanOrEqualTo(3 * bound);
            assertThat(sample.tokens()).as(name).isLessThanOrEqualTo(bound(sample, Factors.PROVEN));
            excesses += sample.tokens() > bound ? 1 : 0;
            report(bounds, sample);
            bounds.share();
          }
          assertThat(excesses).as(name).isLessThanOrEqualTo(1);
        });
  }

  private static Bounds taught(Encoding encoding, Map<String, Prompts> kinds) {
    Bounds bounds = Bounds.alone(new SimpleMeterRegistry());
    Random random = new Random(1);
    for (int i = 0; i < TAUGHT; i++) {
      kinds.values().forEach(kind -> report(bounds, kind.sample(encoding, random, false)));
    }
    bounds.share();
    return bounds;
  }

  private static void report(Bounds bounds, Prompts.Sample sample) {
    bounds.report("p", MODEL, sample.shape(), null, Usage.of(sample.tokens(), 1));
  }

  private static long bound(Prompts.Sample sample, Factors factors) {
    return Estimator.visibleTokens(MODEL.capabilities().limits(), factors, sample.shape());
  }

  private static Map<String, Prompts> ordinary() {
    Map<String, Prompts> kinds = new HashMap<>();
    for (String kind :
        List.of(
            "english",
            "german",
            "french",
            "russian",
            "greek",
            "hebrew",
            "arabic",
            "hindi",
            "thai",
            "chinese",
            "japanese",
            "korean",
            "emoji",
            "java",
            "python",
            "json",
            "markdown")) {
      kinds.put(kind, Prompts.of(kind));
    }
    for (String kind : List.of("chinese", "korean", "arabic", "emoji")) {
      kinds.put(kind + " in escapes", Prompts.of(kind).inEscapes());
    }
    kinds.put("mixed", Prompts.of("chinese").mixedWith(Prompts.of("python")));
    Random random = new Random(4);
    kinds.put("base64", lines(() -> Base64.getEncoder().encodeToString(noise(random))));
    kinds.put("hex", lines(() -> HexFormat.of().formatHex(noise(random))));
    kinds.put("ids", lines(() -> new UUID(random.nextLong(), random.nextLong()) + " ok"));
    return kinds;
  }

  private static Map<String, Prompts> odd() {
    Random random = new Random(5);
    return Map.of(
        "letters", lines(() -> words(random, "abcdefghijklmnopqrstuvwxyz")),
        "common letters", lines(() -> words(random, "etaoinsrhldcu")),
        "marks", lines(() -> words(random, "a.e,i;o:t!n?")),
        "capitals", lines(() -> words(random, "QXZJKWVY")),
        "amharic", lines(() -> characters(random, 0x1200, 0x1248)),
        "rare han", lines(() -> characters(random, 0x8000, 0x9FA0)),
        "ligatures", lines(() -> characters(random, 0xFBEA, 0xFBFF)),
        "zero width", lines(() -> characters(random, 0x200B, 0x200F)),
        "mathematical letters", lines(() -> characters(random, 0x1D400, 0x1D454)));
  }

  private static Prompts lines(Supplier<String> line) {
    return Prompts.of(new ArrayList<>(Stream.generate(line).limit(80).toList()));
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[90];
    random.nextBytes(noise);
    return noise;
  }

  private static String words(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 80) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      if (random.nextInt(6) == 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private static String characters(Random random, int from, int to) {
    StringBuilder text = new StringBuilder();
    random.ints(60, from, to).forEach(text::appendCodePoint);
    return text.toString();
  }
}
