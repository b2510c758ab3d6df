package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/**
 * One field of a request that another model needs otherwise.
 *
 * @param path where it stands in the body, object names joined by dots: {@code
 *     output_config.effort}
 * @param json its new value; null: the field is removed, if it is there at all
 */
public record Rewrite(String path, @Nullable String json) {}
