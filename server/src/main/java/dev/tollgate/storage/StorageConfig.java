package dev.tollgate.storage;

import dev.tollgate.kernel.Secret;

/**
 * Where PostgreSQL is.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}
 * @param connections the bound of the pool
 */
public record StorageConfig(String jdbcUrl, String user, Secret password, int connections) {}
