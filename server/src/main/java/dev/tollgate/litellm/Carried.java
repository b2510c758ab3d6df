package dev.tollgate.litellm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a LiteLLM proxy.
 *
 * @param configuration a {@code tollgate.yaml}
 * @param prices a price overlay, which the configuration names; null: none is needed
 * @param standIns values that variables in the configuration might have, to try it by: URLs need a
 *     host, ports a number
 * @param findings what is not as it was, in the order of the sources
 */
public record Carried(
    String configuration,
    @Nullable Map<String, Object> prices,
    Map<String, String> standIns,
    Roster roster,
    List<Finding> findings) {}
