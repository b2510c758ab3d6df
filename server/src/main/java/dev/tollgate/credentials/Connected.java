package dev.tollgate.credentials;

import java.util.UUID;

/** An authorization that came to its end. */
public record Connected(UUID organization, Place place) {}
