package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/** What the ledger keeps of a call beside its money, known when it is sent. */
public sealed interface CallFacts {

  /**
   * A call of a model.
   *
   * @param requestId the correlation id of the request
   * @param requestClass the client's own class of the request, such as {@code auxiliary}
   * @param category the category asked for, or told by the prompt
   * @param categoryConfidence how sure that was; null: it was asked for, or there is none
   * @param categoryReason what it was told by; null: likewise
   * @param modelAsked the model as the caller wrote it
   * @param modelServed the model that the provider was asked for
   * @param ladderStep the step of the ladder that changed the model
   * @param credential a fingerprint of the provider key that was used, never the key
   * @param priceVersion the version of the catalogue that priced it; null: unpriced
   */
  record Model(
      String requestId,
      @Nullable String requestClass,
      @Nullable String category,
      @Nullable Double categoryConfidence,
      @Nullable String categoryReason,
      String modelAsked,
      String modelServed,
      @Nullable String ladderStep,
      String dialect,
      String provider,
      String credential,
      @Nullable String priceVersion)
      implements CallFacts {}

  /**
   * A call of a tool.
   *
   * @param requestId the correlation id of the request; null: of several calls together
   * @param connector its name in the organization
   * @param tool its name at its server
   */
  record Tool(@Nullable String requestId, String connector, String tool) implements CallFacts {

    /** The dialect of such calls, in the ledger. */
    static final String DIALECT = "mcp";
  }
}
