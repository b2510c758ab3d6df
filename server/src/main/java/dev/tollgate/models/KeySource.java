package dev.tollgate.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.keyring.OwnKey;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.models.ProviderConfig.OwnKeysPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * With which keys an organization goes to a provider: with its own where it has some, else with the
 * operator's. Knows the state of all keys on this node. Thread-safe.
 */
final class KeySource {

  private static final Logger log = LoggerFactory.getLogger(KeySource.class);

  /** Own keys whose state is remembered. */
  private static final int MOST_OWN = 20_000;

  /** Of how many keys health tells at most. */
  private static final int MOST_TOLD = 1_000;

  private static final Duration IDLE = Duration.ofHours(1);

  private final Breakers breakers;
  private final CredentialMeters meters;
  private final Clock clock;
  private final Map<String, Keys> operators = new LinkedHashMap<>();
  private final Spills spills = new Spills();

  /** By the key's id, which another key never has: what is known outlives a reading anew. */
  private final Cache<UUID, Own> own =
      Caffeine.newBuilder().maximumSize(MOST_OWN).expireAfterAccess(IDLE).build();

  /** By identity, since the same keys are the same object. */
  private final Cache<OwnKeys, Map<String, Keys>> opened =
      Caffeine.newBuilder().weakKeys().maximumSize(MOST_OWN).build();

  private record Own(String provider, Credential credential) {}

  KeySource(ModelsConfig config, CredentialMeters meters, Clock clock) {
    this.breakers = new Breakers(config.routing().breaker(), clock);
    this.meters = meters;
    this.clock = clock;
    for (ProviderConfig provider : config.providers()) {
      List<Credential> credentials = new ArrayList<>();
      for (ProviderConfig.ApiKey key : provider.apiKeys()) {
        Credential credential = open(provider.name(), key.key(), key.account(), false);
        meters.watch(provider.name(), credential);
        credentials.add(credential);
      }
      if (!credentials.isEmpty()) {
        operators.put(provider.name(), new Keys(credentials));
      }
      meters.watchOwn(provider.name(), () -> worst(provider.name()));
    }
  }

  private Credential open(String provider, Secret key, @Nullable String account, boolean own) {
    CircuitBreaker breaker = breakers.open(provider);
    Credential credential = new Credential(key, account, own, breaker);
    breaker
        .getEventPublisher()
        .onStateTransition(event -> {
          switch (event.getStateTransition().getToState()) {
            case OPEN -> {
              credential.opened(clock.nanoTime() + breakers.open().toNanos());
              log.warn(
                  "provider {} fails with key {}: nothing is sent with it for {} s",
                  provider,
                  credential.fingerprint(),
                  breakers.open().toSeconds());
            }
            case HALF_OPEN ->
                log.info(
                    "provider {} is tried again with key {}", provider, credential.fingerprint());
            case CLOSED ->
                log.info("provider {} is well with key {}", provider, credential.fingerprint());
            case DISABLED, METRICS_ONLY, FORCED_OPEN -> {}
          }
        });
    return credential;
  }

  private int worst(String provider) {
    return own.asMap().values().stream()
        .filter(known -> known.provider().equals(provider))
        .mapToInt(known -> CredentialMeters.number(known.credential().state()))
        .max()
        .orElse(0);
  }

  /**
   * The keys that an organization goes to a provider with.
   *
   * @param keys the organization's own
   * @throws Failure FORBIDDEN where it would need some of its own and has none
   */
  Keys of(ProviderConfig provider, OwnKeys keys) {
    List<OwnKey> theirs = keys.of(provider.name());
    if (!theirs.isEmpty()) {
      Map<String, Keys> known = opened.get(keys, fresh -> new ConcurrentHashMap<>());
      return known.computeIfAbsent(provider.name(), name -> open(name, theirs));
    }
    Keys operator = operators.get(provider.name());
    if (operator == null || provider.ownKeys() == OwnKeysPolicy.REQUIRE) {
      throw Failure.of(
          ErrorCode.FORBIDDEN,
          "provider "
              + provider.name()
              + " is open to organizations with a key of their own for it, and this one has none");
    }
    return operator;
  }

  /** The organization's key with this fingerprint; null: it may not or cannot use it any more. */
  @Nullable Credential named(ProviderConfig provider, OwnKeys keys, String fingerprint) {
    return keys.of(provider.name()).isEmpty() && provider.ownKeys() == OwnKeysPolicy.REQUIRE
        ? null
        : of(provider, keys).named(fingerprint);
  }

  private Keys open(String provider, List<OwnKey> theirs) {
    return new Keys(
        theirs.stream()
            .map(key ->
                own.get(
                        key.id(),
                        id -> new Own(provider, open(provider, key.key(), key.account(), true)))
                    .credential())
            .toList());
  }

  Spills spills() {
    return spills;
  }

  /**
   * A provider answered with a status other than of success.
   *
   * @param askedNanos how long it asks to be left alone; 0: it does not say
   * @param nanos how long the answer took
   */
  void refused(String provider, Credential credential, int status, long askedNanos, long nanos) {
    switch (status) {
      case 429 -> {
        credential.limited(askedNanos, clock.nanoTime());
        meters.cooled(provider);
      }
      case 401, 403 -> {
        meters.rejected(provider);
        if (credential.rejected(clock.nanoTime())) {
          log.atLevel(credential.own() ? Level.WARN : Level.ERROR)
              .log(
                  "provider {} refuses key {} with status {}: others go before it for a while",
                  provider,
                  credential.fingerprint(),
                  status);
        }
      }
      default -> {
        if (status >= 500 || status == 408) {
          credential.failed(nanos);
        } else {
          credential.answered(nanos, false);
        }
      }
    }
  }

  /** How each of the operator's keys fares, and those of organizations' own that do not well. */
  List<ProviderHealth> health() {
    long now = clock.nanoTime();
    List<ProviderHealth> told = new ArrayList<>();
    operators.forEach((provider, keys) -> {
      for (Credential credential : keys.all()) {
        told.add(ProviderHealth.of(provider, "operator", credential, now));
      }
    });
    for (Own known : own.asMap().values()) {
      ProviderHealth health = ProviderHealth.of(known.provider(), "own", known.credential(), now);
      if (!health.well() && told.size() < MOST_TOLD) {
        told.add(health);
      }
    }
    return told;
  }
}
