package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Members;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A modern server with one value for each token: {@code get_value} tells its version, sometimes
 * long after it looked; {@code update_value} changes it, or, where told to, breaks off and changes
 * it later.
 */
final class VersionedServer implements AutoCloseable {

  private static final String READ =
      "{\"name\":\"get_value\",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"readOnlyHint\":true}}";
  private static final String WRITE =
      "{\"name\":\"update_value\",\"inputSchema\":{\"type\":\"object\"}}";

  private final Map<String, Truth> truths = new ConcurrentHashMap<>();
  private final Random random = new Random(7);
  private final ScriptedServer server =
      ScriptedServer.modern()
          .on(
              "tools/list",
              asked ->
                  asked.result(
                      "{\"resultType\":\"complete\",\"ttlMs\":5000,\"cacheScope\":\"private\",\"tools\":["
                          + READ
                          + ","
                          + WRITE
                          + "]}"))
          .on("tools/call", this::called);

  /** The value of one token. */
  static final class Truth {

    private final String token;
    private final AtomicLong version = new AtomicLong();
    private final AtomicLong over = new AtomicLong();

    Truth(String token) {
      this.token = token;
    }

    /** The least that whoever asks from now on may see. */
    long over() {
      return over.get();
    }

    void over(long of) {
      over.accumulateAndGet(of, Math::max);
    }

    @Override
    public String toString() {
      return token;
    }
  }

  Truth of(String token) {
    return truths.computeIfAbsent(token, Truth::new);
  }

  URI url() {
    return server.url();
  }

  private void called(ScriptedServer.Arrived asked) {
    String authorization = Objects.requireNonNull(asked.headers().get("authorization"));
    Truth truth = of(authorization.substring("Bearer ".length()));
    if ("get_value".equals(asked.params().string("name"))) {
      later(
          random.nextInt(4),
          () -> {
            long seen = truth.version.get();
            later(
                random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(4),
                () -> answer(asked, seen));
          });
      return;
    }
    Members arguments = Members.orNone(asked.params().get("arguments"));
    Long at = arguments.get("at") == null ? null : arguments.get("at").whole();
    if (arguments.get("cut") != null && arguments.get("cut").isTrue()) {
      asked.response().reset();
      later(1 + random.nextInt(1_000), () -> truth.over(truth.version.incrementAndGet()));
    } else {
      later(
          at == null ? 0 : at.intValue(),
          () -> {
            long version = truth.version.incrementAndGet();
            later(random.nextInt(30), () -> answer(asked, version));
          });
    }
  }

  private void later(int millis, Runnable action) {
    server.vertx().setTimer(Math.max(1, millis), ignored -> action.run());
  }

  private static void answer(ScriptedServer.Arrived asked, long version) {
    asked.result(
        "{\"resultType\":\"complete\",\"content\":[],\"structuredContent\":{\"version\":"
            + version
            + "}}");
  }

  @Override
  public void close() {
    server.close();
  }
}
