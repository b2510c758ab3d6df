package dev.tollgate.tenancy;

import dev.tollgate.kernel.Secret;

/** The keys of a first start: of the organization {@code default}, and of an administrator. */
public record FirstKeys(Secret organization, Secret administrator) {}
