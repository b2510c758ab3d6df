package dev.tollgate.storage;

import dev.tollgate.kernel.Secret;

/**
 * Where Redis is.
 *
 * @param url {@code redis://user:password@host:port/db}; {@code rediss://} for TLS, whose
 *     certificate and host name are verified
 * @param prefix what every key and channel of ours begins with
 */
public record RedisConfig(Secret url, String prefix) {}
