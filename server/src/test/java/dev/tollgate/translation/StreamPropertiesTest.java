package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random answers, in whatever pieces they come, say the same in the other dialect. */
class StreamPropertiesTest {

  static LongStream seeds() {
    return LongStream.range(0, 400);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void saysTheSameAfterEachTranslation(long seed) {
    Random random = new Random(seed);
    Answers.Said said = Answers.Said.random(random);
    Asked asked = new Asked(true, true);
    String chunks = Answers.chunks(said, random);
    String events = Streams.translated(Targets.direction("messages-to-chat").stream(asked), chunks);
    assertThat(Answers.readMessages(events)).isEqualTo(said);
    String back = Streams.translated(Targets.direction("chat-to-messages").stream(asked), events);
    assertThat(Answers.readChat(back)).isEqualTo(said);
  }
}
