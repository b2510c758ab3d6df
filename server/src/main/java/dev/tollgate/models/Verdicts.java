package dev.tollgate.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What cheap models said of prompts, kept for an organization: one question for equal prompts, also
 * of calls at the same time. A prompt is known by its HMAC under a key of this process alone.
 *
 * <p>Where a model failed, that organization's calls are not kept waiting for it for a while. All
 * event loops share it.
 */
final class Verdicts {

  private static final int MOST = 20_000;
  private static final Duration KEPT = Duration.ofHours(6);
  private static final Duration REST = Duration.ofSeconds(10);
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final Cache<Known, Verdict> verdicts;
  private final Cache<UUID, Boolean> resting;
  private final ConcurrentMap<Known, Future<Verdict>> asked = new ConcurrentHashMap<>();

  private record Known(UUID organization, long high, long low) {}

  /** Thrown to those whose question a model did not answer; not worth a stack. */
  static final class Unanswered extends Exception {
    private static final long serialVersionUID = 1;

    /** Whether it would be the same for the next question. */
    private final boolean down;

    Unanswered(String why, boolean down) {
      super(why, null, false, false);
      this.down = down;
    }
  }

  Verdicts(Clock clock) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, ALGORITHM);
    verdicts =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(KEPT)
            .ticker(clock::nanoTime)
            .build();
    resting =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(REST)
            .ticker(clock::nanoTime)
            .build();
  }

  /**
   * What is known of {@code question}, or what {@code ask} brings; fails where that does.
   *
   * @param model who is asked: another may say something else
   */
  Future<Verdict> of(
      UUID organization, String model, Question question, Supplier<Future<Verdict>> ask) {
    Known known = known(organization, model, question);
    Verdict kept = verdicts.getIfPresent(known);
    if (kept != null) {
      return Future.succeededFuture(kept);
    }
    if (resting.getIfPresent(organization) != null) {
      return Future.failedFuture(new Unanswered("no answer came a moment ago", false));
    }
    Promise<Verdict> promise = Promise.promise();
    Future<Verdict> before = asked.putIfAbsent(known, promise.future());
    if (before != null) {
      return before;
    }
    Future<Verdict> answer;
    try {
      answer = ask.get();
    } catch (RuntimeException thrown) {
      answer = Future.failedFuture(thrown);
    }
    answer.onComplete(
        verdict -> {
          verdicts.put(known, verdict);
          asked.remove(known);
          promise.complete(verdict);
        },
        failed -> {
          if (!(failed instanceof Unanswered unanswered) || unanswered.down) {
            resting.put(organization, true);
          }
          asked.remove(known);
          promise.fail(failed);
        });
    return promise.future();
  }

  private Known known(UUID organization, String model, Question question) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(model.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      ByteBuffer hash =
          ByteBuffer.wrap(mac.doFinal(question.text().getBytes(StandardCharsets.UTF_8)));
      return new Known(organization, hash.getLong(), hash.getLong());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", impossible);
    }
  }
}
