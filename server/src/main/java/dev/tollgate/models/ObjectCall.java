package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * A request for an object that a provider keeps, or for its removal.
 *
 * @param id as the provider gave it out
 * @param path below a provider's base URL, without a query
 * @param fail answers with an error in the caller's dialect
 */
public record ObjectCall(
    OrgScope scope,
    String requestId,
    HttpServerRequest request,
    String id,
    String path,
    Consumer<Failure> fail) {}
