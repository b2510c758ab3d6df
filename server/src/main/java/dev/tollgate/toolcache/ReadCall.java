package dev.tollgate.toolcache;

import java.time.Duration;

/**
 * A call that changes nothing.
 *
 * @param provider the label of the connector in metrics: its catalogue name or {@code custom}
 * @param tool the label of the tool in metrics: a name that the server listed, or the method
 * @param deadline how long its caller waits
 */
public record ReadCall(
    CacheKey key,
    Freshness freshness,
    CacheControl control,
    String provider,
    String tool,
    Duration deadline,
    Upstream upstream) {}
