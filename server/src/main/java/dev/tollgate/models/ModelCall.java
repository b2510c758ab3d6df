package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A call as its dialect read it, on its event loop.
 *
 * @param body as it arrived; never changed
 * @param fail answers with an error in the caller's dialect, or cuts an answer under way
 * @param errorEvent an error as a server-sent event of the dialect
 */
public record ModelCall(
    OrgScope scope,
    UUID callId,
    String requestId,
    Surface surface,
    HttpServerRequest request,
    BodyBytes body,
    Envelope envelope,
    long startNanos,
    Consumer<Failure> fail,
    ErrorEvent errorEvent) {

  Dialect dialect() {
    return surface.dialect();
  }

  /** How an error looks in the middle of a stream. */
  @FunctionalInterface
  public interface ErrorEvent {
    /** The whole event, its blank line included. */
    String of(Failure failure);
  }
}
