package dev.tollgate.toolcache;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream whose answers end when the test says so. */
final class FakeServer implements Upstream {

  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private volatile Asking asking = () -> {};

  static Upstream saying(String result, AtomicInteger calls) {
    return asking -> {
      calls.incrementAndGet();
      return new Running(
          CompletableFuture.completedFuture(new Answer(bytes(result), false)), () -> {});
    };
  }

  @Override
  public Running call(Asking told) {
    calls.incrementAndGet();
    asking = told;
    return new Running(answer, cancelled::incrementAndGet);
  }

  void answers(String result) {
    answer.complete(new Answer(bytes(result), false));
  }

  void fails() {
    answer.completeExceptionally(new IllegalStateException("down"));
  }

  void asks() {
    asking.asked();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static CacheKey key(String organization, String arguments) {
    return new CacheKey(
        organization,
        "c1",
        "1",
        "cred",
        "1",
        null,
        "tools/call",
        "list_issues",
        false,
        bytes(arguments));
  }

  static ReadCall call(CacheKey key, Upstream upstream) {
    return call(key, CacheControl.NONE, upstream);
  }

  static ReadCall call(CacheKey key, CacheControl control, Upstream upstream) {
    return new ReadCall(
        key,
        Freshness.VOLATILE,
        control,
        "custom",
        "list_issues",
        Duration.ofSeconds(20),
        upstream);
  }
}
