package dev.tollgate.http.mcp;

import dev.tollgate.http.engine.Exchange;
import dev.tollgate.kernel.Failure;
import dev.tollgate.limits.Demand;
import dev.tollgate.limits.Entry;
import dev.tollgate.limits.Limits;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.concurrent.CompletableFuture;

/** Calls of tools meet the limits of their callers: each is a request, whatever answers it. */
record CallLimits(Limits limits) {

  /** Runs {@code serve} on {@code loop} once the message may pass, or answers it. */
  void enter(McpLoop loop, Exchange exchange, Message message, Runnable serve) {
    if (!(message instanceof Message.Request request)
        || !request.method().equals(Method.TOOLS_CALL)) {
      serve.run();
      return;
    }
    CompletableFuture<Entry> entry =
        limits.enter(exchange.scope(), Demand.REQUEST).toCompletableFuture();
    if (entry.isDone() && !entry.isCompletedExceptionally()) {
      decided(exchange, request, entry.join(), serve);
      return;
    }
    var _ =
        entry.whenComplete((decided, thrown) ->
            loop.run(() -> {
              if (decided == null) {
                exchange.fail(McpErrors.failure(thrown));
              } else {
                decided(exchange, request, decided, serve);
              }
            }));
  }

  private static void decided(
      Exchange exchange, Message.Request request, Entry entry, Runnable serve) {
    switch (entry) {
      case Entry.Admitted admitted -> {
        admitted.permit().close();
        serve.run();
      }
      case Entry.Limited limited -> refuse(exchange, request.id(), limited.failure());
    }
  }

  /** As any call that fails: the transport did its part, so that clients read the error. */
  private static void refuse(Exchange exchange, Raw id, Failure failure) {
    failure.headers().forEach(exchange.response()::putHeader);
    exchange
        .response()
        .putHeader("x-request-id", exchange.requestId())
        .putHeader("x-tollgate-refusal", "rate_limited")
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(Buffer.buffer(new Message.Fault(id, McpErrors.error(failure)).raw().copy()));
  }
}
