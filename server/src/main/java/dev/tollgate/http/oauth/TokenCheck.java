package dev.tollgate.http.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.text.ParseException;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a token is the issuer's and for us: signature, algorithm, issuer, times (RFC 9068). */
final class TokenCheck {

  private static final int SKEW_SECONDS = 30;

  private final TokenConfig config;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  TokenCheck(TokenConfig config, Egress egress, Clock clock) {
    this.config = config;
    JWKSource<SecurityContext> keys = IssuerKeys.open(egress, config);
    Set<JWSAlgorithm> algorithms =
        config.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
    processor.setJWTClaimsSetVerifier(new Claims(config, clock));
  }

  /** Times by our clock; a token of another audience is told apart later, by what is called. */
  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {

    private final Clock clock;

    Claims(TokenConfig config, Clock clock) {
      super(new JWTClaimsSet.Builder().issuer(config.issuer()).build(), required(config));
      this.clock = clock;
      setMaxClockSkew(SKEW_SECONDS);
    }

    private static Set<String> required(TokenConfig config) {
      Set<String> names = new HashSet<>(Set.of("exp", "aud", config.organizationClaim()));
      if (config.userClaim() != null) {
        names.add(config.userClaim());
      }
      return names;
    }

    @Override
    protected Date currentTime() {
      return Date.from(clock.now());
    }
  }

  /**
   * What a good token says.
   *
   * @param user null: it acts for the organization
   */
  record Good(String organization, @Nullable String user, List<String> audience, Date expires) {}

  /**
   * Checks a token; blocks where the issuer's keys must be fetched.
   *
   * @throws Failure UNAUTHENTICATED, or UNAVAILABLE when the keys cannot be fetched
   */
  Good check(String token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      String organization = claims.getStringClaim(config.organizationClaim());
      String user = config.userClaim() == null ? null : claims.getStringClaim(config.userClaim());
      if (organization == null || (config.userClaim() != null && user == null)) {
        throw refused(null);
      }
      return new Good(organization, user, claims.getAudience(), claims.getExpirationTime());
    } catch (KeySourceException away) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE, "the issuer's keys cannot be had now; try again", away);
    } catch (ParseException | BadJOSEException | JOSEException bad) {
      throw refused(bad);
    }
  }

  static Failure refused(@Nullable Exception cause) {
    String message = "the token is not one of the trusted issuer for this resource, or is over";
    return cause == null
        ? Failure.of(ErrorCode.UNAUTHENTICATED, message)
        : Failure.of(ErrorCode.UNAUTHENTICATED, message, cause);
  }
}
