package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.anthropic.errors.AnthropicServiceException;
import com.openai.errors.OpenAIServiceException;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Forty conversations at once, by both official SDKs with models of both dialects, whose provider
 * refuses, breaks down and cuts answers at random: each turn ends right or with the SDK's own error
 * for what happened, nobody reads another's answer, and the books balance.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MixedConversationsIT {

  private static final int CONVERSATIONS = 40;
  private static final int TURNS = 6;
  private static final List<String> MODELS = List.of("claude-haiku-4-5", "gpt-4o-mini");

  private TestGateway gateway;

  @BeforeAll
  void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** What the provider does to a turn, and the status that the SDK must tell; 0: it is answered. */
  private enum Fault {
    NONE("", "", 0),
    BUSY("status=429 retry-after=1", "status=429 retry-after=1", 429),
    OVERLOADED("status=529", "status=529", 529),
    BROKEN("status=500", "status=500", 500),
    /** A stream that has begun has a status of 200. */
    CUT("cut-bytes=60", "cut-after=3 chunks=9", 502);

    private final String whole;
    private final String streamed;
    private final int status;

    Fault(String whole, String streamed, int status) {
      this.whole = whole;
      this.streamed = streamed;
      this.status = status;
    }

    static Fault any(Random random) {
      return random.nextInt(10) < 6 ? NONE : values()[1 + random.nextInt(values().length - 1)];
    }

    int status(boolean stream) {
      return this == CUT && stream ? 200 : status;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void endsEachTurnRightOrWithTheSdksOwnError(long seed) throws Exception {
    Tenant rich = gateway.tenant(1_000_000L);
    Tenant other = gateway.tenant(1_000_000L);
    Tenant poor = gateway.tenant(14L);
    List<Future<?>> conversations = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CONVERSATIONS)) {
      for (int number = 0; number < CONVERSATIONS; number++) {
        int at = number;
        Random random = new Random(seed * 1_000 + number);
        Tenant tenant = number % 4 == 3 ? poor : number % 2 == 0 ? rich : other;
        conversations.add(callers.submit(() -> converse(at, tenant, random, tenant.equals(poor))));
      }
      for (Future<?> conversation : conversations) {
        end(conversation, seed);
      }
    }
    int half = CONVERSATIONS / 2 * TURNS;
    int quarter = CONVERSATIONS / 4 * TURNS;
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> {
          assertThat(entries(rich)).hasSize(half);
          assertThat(entries(other)).hasSize(quarter);
        });
    assertThat(entries(rich))
        .allSatisfy(entry -> {
          boolean refused = entry.path("rawUsage").isNull();
          assertThat(entry.path("status").stringValue()).isIn("ok", "error");
          assertThat(refused || entry.path("costNanos").asLong() > 0).isTrue();
        });
    assertThat(gateway.books().balanced()).isTrue();
  }

  private static void end(Future<?> conversation, long seed) throws InterruptedException {
    try {
      conversation.get();
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + seed, e.getCause());
    }
  }

  private List<JsonNode> entries(Tenant tenant) {
    List<JsonNode> entries = new ArrayList<>();
    gateway.ledger(tenant).forEach(entries::add);
    return entries;
  }

  private void converse(int number, Tenant tenant, Random random, boolean poor) {
    String model = MODELS.get(random.nextInt(MODELS.size()));
    try (Conversing talk =
        random.nextBoolean()
            ? new AnthropicConversing(gateway.url(), tenant.key(), model)
            : new OpenAiConversing(gateway.url(), tenant.key(), model)) {
      boolean stream = random.nextBoolean();
      talk.streamed(stream);
      for (int turn = 0; turn < TURNS; turn++) {
        Fault fault = Fault.any(random);
        String words = "c" + number + "t" + turn;
        String sim = stream ? fault.streamed : fault.whole;
        try {
          Conversing.Heard heard = talk.say(words + " [[sim: " + sim + "]]", false);
          assertThat(fault).as(words).isEqualTo(Fault.NONE);
          assertThat(heard.text()).startsWith("[simulated]").contains(words);
        } catch (AnthropicServiceException e) {
          right(e.statusCode(), fault, stream, poor, words);
        } catch (OpenAIServiceException e) {
          right(e.statusCode(), fault, stream, poor, words);
        }
      }
    }
  }

  private static void right(int status, Fault fault, boolean stream, boolean poor, String words) {
    if (!(poor && status == 429)) {
      assertThat(status).as(words + " " + fault).isEqualTo(fault.status(stream)).isNotZero();
    }
  }
}
