package dev.tollgate.models;

import dev.tollgate.spend.CallShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a request: every field that changes its price, its route or a policy, and where
 * the fields stand, so that one can be changed without touching another byte.
 *
 * @param model the model as the caller wrote it
 * @param spans the members of the top-level object, in their order
 * @param maximumField which member limits the output, of those that the dialect knows; null: none
 * @param usageAsked whether the caller wants the usage of a stream (OpenAI's {@code
 *     stream_options.include_usage}; in Anthropic's dialect always)
 * @param opening where the texts stand that every later request of the same conversation repeats
 * @param objects what it names of a provider's side
 */
public record Envelope(
    String model,
    CallShape shape,
    List<Span> spans,
    @Nullable String maximumField,
    boolean usageAsked,
    List<Span> opening,
    List<NamedObject> objects) {

  /** Of something that is no conversation, and names nothing. */
  public Envelope(
      String model,
      CallShape shape,
      List<Span> spans,
      @Nullable String maximumField,
      boolean usageAsked) {
    this(model, shape, spans, maximumField, usageAsked, List.of(), List.of());
  }

  /** The member {@code name}; null: it is not there. */
  @Nullable Span span(String name) {
    for (Span span : spans) {
      if (span.name().equals(name)) {
        return span;
      }
    }
    return null;
  }
}
