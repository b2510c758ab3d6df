package dev.tollgate.http.engine;

import dev.tollgate.tenancy.Caller;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to a wire handler: authenticated, its body read whole and within bounds.
 *
 * @param caller who calls, by the route's {@link Access}; null on an open route
 * @param callId the identifier that answer and ledger share
 * @param startNanos the monotonic reading at which the head of the request had arrived
 */
public record Exchange(
    HttpServerRequest request,
    @Nullable Caller caller,
    Map<String, String> path,
    Buffer body,
    String requestId,
    UUID callId,
    long startNanos) {}
