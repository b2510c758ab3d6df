package dev.tollgate.objects;

/**
 * Where an object was made, and so where alone it can be found.
 *
 * @param provider by its name in the configuration
 * @param credential the fingerprint of the key that it was made with
 */
public record Maker(String provider, String credential) {}
