package dev.tollgate.models;

/**
 * An object on a provider's side that a request names.
 *
 * @param field where it is named, as {@code input[0].content[1].file_id}
 * @param id as the provider gave it out
 */
public record NamedObject(String field, String id) {}
