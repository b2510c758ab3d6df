package dev.tollgate.http.engine;

import dev.tollgate.tenancy.Caller;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to a blocking handler, read whole.
 *
 * @param caller who calls, by the route's {@link Access}; null on an open route
 * @param path the values of the template's parameters, decoded
 * @param query the query's parameters, decoded, in their order
 * @param body the body, empty where there is none
 */
public record Call(
    @Nullable Caller caller,
    Map<String, String> path,
    Map<String, List<String>> query,
    Buffer body,
    String requestId) {}
