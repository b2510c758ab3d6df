package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request to a wire handler: authenticated, its body read whole and within bounds.
 *
 * <p>Lives on the event loop of its connection; every method is called there.
 */
public final class Exchange {

  private final HttpServerRequest request;
  private final @Nullable Caller caller;
  private final Map<String, String> path;
  private final byte[] body;
  private final String requestId;
  private final UUID callId;
  private final long startNanos;
  private final ErrorDialect dialect;

  Exchange(
      HttpServerRequest request,
      @Nullable Caller caller,
      Map<String, String> path,
      byte[] body,
      String requestId,
      UUID callId,
      long startNanos,
      ErrorDialect dialect) {
    this.request = request;
    this.caller = caller;
    this.path = path;
    this.body = body;
    this.requestId = requestId;
    this.callId = callId;
    this.startNanos = startNanos;
    this.dialect = dialect;
  }

  public HttpServerRequest request() {
    return request;
  }

  public HttpServerResponse response() {
    return request.response();
  }

  /** Who calls, by the route's {@link Access}; null on an open route. */
  public @Nullable Caller caller() {
    return caller;
  }

  /** The scope of the organization whose key called; for routes that admit no other. */
  public OrgScope scope() {
    if (caller instanceof Caller.Tenant tenant) {
      return tenant.scope();
    }
    throw Failure.of(ErrorCode.FORBIDDEN, "this route takes an organization's key");
  }

  /** The values of the template's parameters, decoded. */
  public Map<String, String> path() {
    return path;
  }

  /** The body as it arrived; not copied, so not to be changed. */
  public byte[] body() {
    return body;
  }

  public String requestId() {
    return requestId;
  }

  /** The identifier that answer and ledger share. */
  public UUID callId() {
    return callId;
  }

  /** The monotonic reading at which the head of the request had arrived. */
  public long startNanos() {
    return startNanos;
  }

  /** Answers with an error in the route's dialect; closes when an answer is already under way. */
  public void fail(Failure failure) {
    Refusals.write(request, dialect, failure, requestId);
  }
}
