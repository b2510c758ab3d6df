package dev.tollgate.http.oauth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import dev.tollgate.egress.Egress;
import dev.tollgate.egress.Fetch;
import dev.tollgate.egress.Fetched;
import dev.tollgate.kernel.Failure;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that an issuer signs by: fetched within bounds, found by its metadata. */
final class IssuerKeys implements JWKSetSource<SecurityContext> {

  private static final int MOST_BYTES = 256 * 1024;
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** Asked for again after five minutes, or for a key that is not known, at most twice in ten. */
  private static final long LIFETIME_MILLIS = 300_000;

  private static final long AGAIN_MILLIS = 10_000;
  private static final long WAIT_MILLIS = 15_000;

  /** Keys that cannot be fetched anew are good for this long. */
  private static final long OUTAGE_MILLIS = 4 * 3_600_000L;

  private final Egress egress;
  private final String issuer;
  private final @Nullable URI configured;

  private IssuerKeys(Egress egress, String issuer, @Nullable URI configured) {
    this.egress = egress;
    this.issuer = issuer;
    this.configured = configured;
  }

  /** Cached; blocks where it has to fetch. */
  static JWKSource<SecurityContext> open(Egress egress, TokenConfig config) {
    return JWKSourceBuilder.create(new IssuerKeys(egress, config.issuer(), config.jwksUri()))
        .cache(LIFETIME_MILLIS, WAIT_MILLIS)
        .rateLimited(AGAIN_MILLIS)
        .refreshAheadCache(false)
        .outageTolerant(OUTAGE_MILLIS)
        .build();
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long currentTime, SecurityContext context)
      throws KeySourceException {
    try {
      Fetched answer = get(configured != null ? configured : named());
      if (answer.status() != 200) {
        throw new JWKSetRetrievalException("the keys' status is " + answer.status(), null);
      }
      return JWKSet.parse(answer.body());
    } catch (Failure failure) {
      throw new JWKSetUnavailableException("the issuer's keys cannot be fetched", failure);
    } catch (java.text.ParseException malformed) {
      throw new JWKSetRetrievalException("the issuer's keys are malformed", malformed);
    }
  }

  private URI named() throws KeySourceException {
    URI url = URI.create(issuer);
    String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/$", "");
    for (String place :
        List.of(
            path + "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server" + path)) {
      Fetched answer = get(url.resolve(place));
      if (answer.status() == 200) {
        return read(answer.body());
      }
    }
    throw new JWKSetRetrievalException("the issuer publishes no metadata", null);
  }

  private URI read(String body) throws KeySourceException {
    try {
      AuthorizationServerMetadata metadata = AuthorizationServerMetadata.parse(body);
      URI keys = metadata.getJWKSetURI();
      if (!metadata.getIssuer().getValue().equals(issuer) || keys == null) {
        throw new JWKSetRetrievalException("the issuer's metadata are not its own", null);
      }
      return keys;
    } catch (ParseException malformed) {
      throw new JWKSetRetrievalException("the issuer's metadata are malformed", malformed);
    }
  }

  private Fetched get(URI url) {
    return egress.fetch(Fetch.get(url, Map.of("accept", "application/json"), MOST_BYTES, DEADLINE));
  }

  @Override
  public void close() {}
}
