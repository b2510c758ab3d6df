package dev.tollgate.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.mcp.Message;
import dev.tollgate.storage.Storage;
import dev.tollgate.testing.TestDatabase;
import dev.tollgate.toolcache.CacheConfig;
import dev.tollgate.toolcache.CacheControl;
import dev.tollgate.toolcache.CacheKey;
import dev.tollgate.toolcache.Freshness;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A read through the cache of a server that never answers. */
class CachedReadIT {

  private final Vertx vertx = Vertx.vertx();
  private final Storage storage = Storage.open(TestDatabase.freshPlainOwner());
  private final ToolCache cache =
      ToolCache.open(
          CacheConfig.DEFAULT,
          storage,
          null,
          UUID.randomUUID(),
          new SimpleMeterRegistry(),
          Clock.system());

  @AfterEach
  void close() {
    cache.close();
    storage.close();
    vertx.close().await();
  }

  @Test
  void waitsForAsLongAsItsCallMayTake() throws Exception {
    CompletableFuture<Answer> ended = new CompletableFuture<>();
    vertx.runOnContext(_ ->
        CachedRead.begin(
            cache,
            new CacheAsk.Read(
                new CacheKey(
                    "o",
                    "c",
                    "1",
                    null,
                    null,
                    null,
                    "tools/call",
                    "get",
                    false,
                    "{}".getBytes(StandardCharsets.UTF_8)),
                Freshness.VOLATILE,
                CacheControl.NONE,
                "get"),
            "custom",
            Duration.ofMillis(200),
            new Hears(ended),
            _ -> Ongoing.OVER,
            () -> {}));
    assertThat(ended.get(60, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
  }

  private record Hears(CompletableFuture<Answer> ended) implements Listener {
    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void answered(Answer answer) {
      ended.complete(answer);
    }
  }
}
