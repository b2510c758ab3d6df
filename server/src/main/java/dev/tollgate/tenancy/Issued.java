package dev.tollgate.tenancy;

import dev.tollgate.kernel.Secret;

/** A new key, and the one time that it can be read. */
public record Issued<T>(T item, Secret key) {}
