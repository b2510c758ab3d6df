package dev.tollgate.models;

import dev.tollgate.spend.Tier;
import dev.tollgate.spend.UnboundedInput;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which models there are and how calls to them are carried.
 *
 * @param tiers for each tier the model of each provider, by the provider's name
 * @param aliases further names of models, over all providers
 * @param routing what becomes of a call whose provider fails
 * @param unboundedInput what input that is not in the body counts as
 * @param learning whether bounds are learned from reports of usage
 * @param streamDuration the longest that an answer may take in all
 * @param jsonDepth the deepest nesting of a request's body
 * @param disconnect what becomes of the upstream when the client goes away
 * @param drainTimeout how long {@link Disconnect#DRAIN} waits for the usage report
 */
public record ModelsConfig(
    List<ProviderConfig> providers,
    Map<Tier, Map<String, String>> tiers,
    Map<String, String> aliases,
    RoutingConfig routing,
    UnboundedInput unboundedInput,
    boolean learning,
    Duration streamDuration,
    int jsonDepth,
    Disconnect disconnect,
    Duration drainTimeout) {

  /** What becomes of the upstream when the client goes away. */
  public enum Disconnect {
    /** It is cancelled at once; output is charged by what was delivered. */
    CANCEL,
    /** It is read on, for a bounded time, so that its own report can be charged. */
    DRAIN
  }

  public ModelsConfig {
    providers = List.copyOf(providers);
    tiers = Map.copyOf(tiers);
    aliases = Map.copyOf(aliases);
  }

  /** The names of all providers. */
  public Set<String> providerNames() {
    return providers.stream().map(ProviderConfig::name).collect(Collectors.toSet());
  }
}
