package dev.tollgate.http.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.egress.Egress;
import dev.tollgate.http.engine.Gate;
import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.Tenancy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Lets bearers of the issuer's tokens in, and tells whoever is refused where to get one.
 *
 * <p>What a token proved is remembered for five seconds under its hash, so that an organization or
 * a user who is gone is refused as soon as with a key.
 */
public final class TokenGate implements Gate {

  private static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final int MOST = 50_000;
  private static final int LONGEST = 16 * 1024;

  private final Resource resource;
  private final TokenConfig config;
  private final TokenCheck check;
  private final Tenancy tenancy;
  private final Clock clock;
  private final Cache<String, Known> known;

  private record Known(Caller caller, TokenCheck.Good token) {}

  private TokenGate(
      Resource resource, TokenConfig config, Egress egress, Tenancy tenancy, Clock clock) {
    this.resource = resource;
    this.config = config;
    this.check = new TokenCheck(config, egress, clock);
    this.tenancy = tenancy;
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(LIFETIME)
            .ticker(clock::nanoTime)
            .build();
  }

  /**
   * Opens the gate.
   *
   * @param base where clients reach this gateway, without a slash at its end
   * @param egress for the operator's own URLs
   */
  public static TokenGate open(
      String base, TokenConfig config, Egress egress, Tenancy tenancy, Clock clock) {
    return new TokenGate(new Resource(base, config), config, egress, tenancy, clock);
  }

  /** A JWT has two dots; a key of Tollgate none. */
  @Override
  public boolean takes(String token) {
    return token.length() <= LONGEST
        && token.startsWith("ey")
        && token.chars().filter(c -> c == '.').count() == 2;
  }

  @Override
  public @Nullable Caller cached(String path, String token) {
    Known found = known.getIfPresent(hash(token));
    return found != null && good(found.token(), path) ? found.caller() : null;
  }

  @Override
  public Caller authenticate(String path, String token) {
    TokenCheck.Good checked = check.check(token);
    if (!good(checked, path)) {
      throw TokenCheck.refused(null);
    }
    Caller caller =
        new Caller.Tenant(tenancy.scopeForToken(checked.organization(), checked.user()));
    known.put(hash(token), new Known(caller, checked));
    return caller;
  }

  private boolean good(TokenCheck.Good token, String path) {
    return clock.now().isBefore(token.expires().toInstant().plusSeconds(30))
        && (token.audience().contains(config.audience())
            || token.audience().contains(resource.of(path)));
  }

  @Override
  public String challenge(String path, boolean presented) {
    return resource.challenge(path, presented);
  }

  Resource resource() {
    return resource;
  }

  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
