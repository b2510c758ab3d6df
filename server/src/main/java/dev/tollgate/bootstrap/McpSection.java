package dev.tollgate.bootstrap;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gateway as an MCP server. */
@Section
record McpSection(
    @Key(about = "Take tokens of this issuer at /mcp, beside Tollgate's own keys.")
        @Nullable OAuth oauth) {

  /** An issuer of tokens that is trusted. */
  @Section
  record OAuth(
      @Key(
              about = "Its identifier, letter by letter as tokens have it in iss.",
              example = "https://login.example.com/realms/acme")
          String issuer,
      @Key(
              about = "What a token's aud must hold; without: public-url followed by /mcp.",
              example = "https://tollgate.example.com/mcp")
          @Nullable String audience,
      @Key(
              about = "Where its keys are; without: where its metadata say.",
              example = "https://login.example.com/keys")
          @Nullable URI jwksUri,
      @Key(
              about =
                  "The algorithms it signs by, of RS, PS and ES and Ed25519; others are refused.",
              example = "[RS256, ES256]")
          List<String> algorithms,
      @Key(about = "The claim with the organization's id or externalId.", preset = "organization")
          String organizationClaim,
      @Key(
              about =
                  """
                  The claim with the user's externalId, such as sub; without, tokens act for the
                  organization as a whole.\
                  """,
              example = "sub")
          @Nullable String userClaim,
      @Key(about = "Scopes that clients are told to ask for.", example = "[mcp]")
          List<String> scopes) {

    private static final Set<String> SIGNATURES =
        Set.of(
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA", "Ed25519");

    OAuth {
      algorithms = algorithms.isEmpty() ? List.of("RS256", "ES256") : algorithms;
      for (String algorithm : algorithms) {
        Checks.that(
            SIGNATURES.contains(algorithm),
            "algorithms must be asymmetric signatures, is " + algorithm);
      }
      Checks.that(URI.create(issuer).getHost() != null, "issuer must be a URL");
      for (String scope : scopes) {
        Checks.that(scope.matches("[!#-\\[\\]-~]+"), "scopes must be scope tokens, is " + scope);
      }
    }
  }
}
