package dev.tollgate.models;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A name that calls may use.
 *
 * @param created the day of the model's release; null: not known
 * @param context the window in tokens; null: not known
 * @param maxOutput the longest answer in tokens; null: not known
 */
public record ModelListing(
    String id,
    String displayName,
    @Nullable LocalDate created,
    String provider,
    @Nullable Long context,
    @Nullable Long maxOutput) {

  ModelListing named(String other) {
    return new ModelListing(id, other, created, provider, context, maxOutput);
  }
}
