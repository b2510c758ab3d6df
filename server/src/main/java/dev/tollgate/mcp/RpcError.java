package dev.tollgate.mcp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An error as JSON-RPC has it: what a message that cannot be served is answered with.
 *
 * <p>Source: JSON-RPC 2.0, section 5.1; MCP 2026-07-28, Overview, Error Codes.
 */
public final class RpcError extends RuntimeException {

  public static final int PARSE_ERROR = -32700;
  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL_ERROR = -32603;

  /** Headers say otherwise than the body (2026-07-28). */
  public static final int HEADER_MISMATCH = -32020;

  /** The client did not declare what the request needs (2026-07-28). */
  public static final int MISSING_CAPABILITY = -32021;

  /** The revision is not served (2026-07-28). */
  public static final int UNSUPPORTED_VERSION = -32022;

  /** Resource not found (2025-11-25 and earlier; later {@link #INVALID_PARAMS}). */
  public static final int RESOURCE_NOT_FOUND = -32002;

  /** The gateway could not reach, or did not understand, the server behind it. */
  public static final int UPSTREAM_FAILED = -31000;

  /** There is no money for the call, for good or for now; {@code data} says which. */
  public static final int REFUSED_BY_BUDGET = -31001;

  private static final long serialVersionUID = 1L;

  private final int code;
  private final transient @Nullable Raw data;

  private RpcError(int code, String message, @Nullable Raw data) {
    super(message, null, false, false);
    this.code = code;
    this.data = data;
  }

  public static RpcError of(int code, String message) {
    return new RpcError(code, message, null);
  }

  public static RpcError of(int code, String message, Raw data) {
    return new RpcError(code, message, data);
  }

  public int code() {
    return code;
  }

  /** The member {@code error} of a response. */
  public Raw error() {
    return Members.NONE
        .with("code", Raw.number(code))
        .with("message", Raw.string(Objects.requireNonNullElse(getMessage(), "")))
        .withIf("data", data)
        .raw();
  }
}
