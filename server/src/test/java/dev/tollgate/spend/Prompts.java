package dev.tollgate.spend;

import com.knuddels.jtokkit.api.Encoding;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.RequestScan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** Chats out of one kind of text, of which one half teaches and the other is held out. */
record Prompts(List<String> taught, List<String> heldOut, boolean escaped) {

  private static final JsonFactory SCAN = RequestScan.factory(32);
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** What OpenAI counts around each message of a chat. */
  private static final int AROUND = 4;

  /** A prompt as the gateway sees it, and its tokens as a real vocabulary counts them. */
  record Sample(CallShape shape, long tokens) {}

  /** A file of the corpus: our own text, in halves. */
  static Prompts of(String kind) {
    try (InputStream in = Prompts.class.getResourceAsStream("/corpus/" + kind + ".txt")) {
      String[] halves =
          new String(Objects.requireNonNull(in, kind).readAllBytes(), StandardCharsets.UTF_8)
              .split("====\n", 2);
      return new Prompts(halves[0].lines().toList(), halves[1].lines().toList(), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same lines on both sides. */
  static Prompts of(List<String> lines) {
    int half = lines.size() / 2;
    return new Prompts(lines.subList(0, half), lines.subList(half, lines.size()), false);
  }

  /** Both kinds in one chat. */
  Prompts mixedWith(Prompts other) {
    List<String> one = new ArrayList<>(taught);
    one.addAll(other.taught);
    List<String> two = new ArrayList<>(heldOut);
    two.addAll(other.heldOut);
    return new Prompts(one, two, escaped);
  }

  /** Written with {@code \}{@code uXXXX} for all that is not ASCII. */
  Prompts inEscapes() {
    return new Prompts(taught, heldOut, true);
  }

  Sample sample(Encoding encoding, Random random, boolean held) {
    List<String> lines = held ? heldOut : taught;
    List<Map<String, String>> messages = new ArrayList<>();
    long tokens = AROUND;
    for (int turns = 1 + random.nextInt(3); turns > 0; turns--) {
      String text = text(lines, random);
      messages.add(Map.of("role", "user", "content", text));
      tokens += AROUND + encoding.countTokensOrdinary(text);
    }
    String body =
        (escaped ? ASCII : JSON).writeValueAsString(Map.of("model", "m", "messages", messages));
    return new Sample(shape(body), tokens);
  }

  private static String text(List<String> lines, Random random) {
    StringBuilder text = new StringBuilder();
    int at = random.nextInt(lines.size());
    for (int length = 700 + random.nextInt(1_500); text.length() < length; at++) {
      text.append(lines.get(at % lines.size())).append('\n');
    }
    return text.toString();
  }

  private static CallShape shape(String body) {
    RequestScan scan =
        RequestScan.of(
            SCAN, BodyBytes.of(body.getBytes(StandardCharsets.UTF_8)), Set.of("messages"));
    return Shapes.text(scan.textBytes(), 100L)
        .input(
            new CallShape.Input(
                scan.textBytes(),
                scan.byteCounts(),
                scan.messages(),
                0,
                0,
                0,
                0,
                false,
                CallShape.CacheWrite.NONE))
        .shape();
  }
}
