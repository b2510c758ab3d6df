package dev.tollgate.credentials;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a credential belongs.
 *
 * @param user null: to the organization
 */
public record Place(UUID connector, @Nullable UUID user) {}
