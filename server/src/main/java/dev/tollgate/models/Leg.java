package dev.tollgate.models;

import org.jspecify.annotations.Nullable;

/**
 * A call as a provider gets it: in the provider's wire format, before the plan changes anything.
 *
 * @param query of the caller's address, which goes along; null: none
 * @param crossing how the answer comes back into the caller's wire format; null: it is in it
 */
record Leg(
    Surface surface,
    BodyBytes body,
    Envelope envelope,
    @Nullable String query,
    @Nullable Crossing crossing) {

  /** The caller's own words. */
  static Leg of(ModelCall call) {
    return new Leg(call.surface(), call.body(), call.envelope(), call.request().query(), null);
  }

  /** Below a provider's base URL, its query included. */
  String path() {
    return query == null ? surface.path() : surface.path() + "?" + query;
  }
}
