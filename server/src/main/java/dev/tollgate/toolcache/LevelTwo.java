package dev.tollgate.toolcache;

import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers in Redis, and who of all nodes fetches one that is not there. */
final class LevelTwo {

  private static final String DONE = "toolcache.done";

  private final Generations generations;
  private final @Nullable Redis redis;
  private final Duration flightLease;
  private final Map<String, List<Consumer<Boolean>>> followers = new ConcurrentHashMap<>();

  LevelTwo(CacheConfig config, Generations generations, @Nullable Redis redis) {
    this.generations = generations;
    this.redis = redis;
    this.flightLease = config.flightLease();
    if (redis != null) {
      redis.subscribe(DONE, this::done);
    }
  }

  /** Where an answer is, and who fetches it under which token. */
  record Place(Scope scope, String key, String token, String id) {

    static Place of(Scope scope, Digest key, Standing.Leased leased) {
      return new Place(scope, key.text(), UUID.randomUUID().toString(), leased.id());
    }

    private String answer() {
      return scope.key("answer", key);
    }

    private String flight() {
      return scope.key("flight", key);
    }
  }

  /**
   * What was found.
   *
   * @param entry null where there is none
   * @param leads whether the asker is to fetch it
   */
  record Found(@Nullable Entry entry, boolean leads) {}

  /** Looks for an answer, or for the right to fetch it. */
  CompletableFuture<Found> find(Place place, String provider, boolean anew) {
    return generations
        .run(
            Scripts.FIND,
            List.of(place.answer(), place.flight()),
            Generations.text(place.token()),
            millis(flightLease),
            Generations.text(anew ? "1" : "0"))
        .thenApply(reply -> found(reply, provider));
  }

  private static Found found(RedisReply reply, String provider) {
    byte[] bytes = reply.bytes(0);
    Entry entry = bytes == null ? null : Entry.decoded(bytes, provider);
    return new Found(entry, reply.number(1) == 1);
  }

  /** The leader is still at it. */
  void renew(Place place) {
    var _ =
        generations.run(
            Scripts.RENEW,
            List.of(place.flight()),
            Generations.text(place.token()),
            millis(flightLease));
  }

  /** Keeps what was fetched, where it may still be kept, and tells followers. */
  void store(Place place, Entry entry, Duration kept) {
    List<String> scope = place.scope().keys();
    var _ =
        generations
            .run(
                Scripts.STORE,
                List.of(scope.get(0), scope.get(1), place.answer(), place.flight()),
                Generations.text(place.id()),
                entry.encoded(),
                millis(kept),
                Generations.text(place.token()))
            .whenComplete((stored, thrown) -> tell(place, thrown == null));
  }

  /** Nothing was fetched that others could use. */
  void leave(Place place) {
    var _ =
        generations
            .run(Scripts.LEAVE, List.of(place.flight()), Generations.text(place.token()))
            .whenComplete((left, thrown) -> tell(place, false));
  }

  private void tell(Place place, boolean stored) {
    Redis open = redis;
    if (open != null) {
      open.publish(DONE, place.key() + (stored ? " 1" : " 0"));
    }
  }

  /**
   * Hears when the leader of {@code place} is done: whether it stored something.
   *
   * @return ends the hearing
   */
  Runnable follow(Place place, Consumer<Boolean> follower) {
    followers.compute(
        place.key(),
        (key, known) -> {
          List<Consumer<Boolean>> all = known == null ? new CopyOnWriteArrayList<>() : known;
          all.add(follower);
          return all;
        });
    return () ->
        followers.computeIfPresent(
            place.key(),
            (key, all) -> {
              all.remove(follower);
              return all.isEmpty() ? null : all;
            });
  }

  private void done(String message) {
    int space = message.indexOf(' ');
    List<Consumer<Boolean>> all = space < 0 ? null : followers.get(message.substring(0, space));
    if (all != null) {
      boolean stored = message.endsWith(" 1");
      all.forEach(follower -> follower.accept(stored));
    }
  }

  private static byte[] millis(Duration time) {
    return Generations.text(Long.toString(Math.max(1, time.toMillis())));
  }
}
