package dev.tollgate.http.oauth;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The issuer whose tokens are taken, and what they mean.
 *
 * @param issuer letter by letter as {@code iss} has it
 * @param audience one of a token's {@code aud} must be this, or the address of what is called
 * @param jwksUri where its keys are; null: where its metadata say
 * @param algorithms that it signs by; others are refused
 * @param organizationClaim the claim with an organization's id or external id
 * @param userClaim the claim with a user's external id; null: tokens act for the organization
 * @param scopes named in metadata and challenges
 */
public record TokenConfig(
    String issuer,
    String audience,
    @Nullable URI jwksUri,
    Set<String> algorithms,
    String organizationClaim,
    @Nullable String userClaim,
    List<String> scopes) {}
