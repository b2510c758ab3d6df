package dev.tollgate.mcp;

import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC message. Identifiers are kept as they were written, parameters and results as bytes.
 */
public sealed interface Message {

  /** Expects a response. */
  record Request(Raw id, String method, @Nullable Raw params) implements Message {
    @Override
    public Raw raw() {
      return Messages.VERSION
          .with("id", id)
          .with("method", Raw.string(method))
          .withIf("params", params)
          .raw();
    }
  }

  /** Expects none. */
  record Notification(String method, @Nullable Raw params) implements Message {
    @Override
    public Raw raw() {
      return Messages.VERSION.with("method", Raw.string(method)).withIf("params", params).raw();
    }
  }

  /** What a request led to. */
  record Success(Raw id, Raw result) implements Message {
    @Override
    public Raw raw() {
      return Messages.VERSION.with("id", id).with("result", result).raw();
    }
  }

  /**
   * Why a request led to nothing.
   *
   * @param id null where it could not be read
   * @param error with {@code code} and {@code message}
   */
  record Fault(@Nullable Raw id, Raw error) implements Message {
    @Override
    public Raw raw() {
      return Messages.VERSION.withIf("id", id).with("error", error).raw();
    }
  }

  /** The message written out. */
  Raw raw();

  /** Reads one message; throws {@link RpcError}. */
  static Message read(byte[] json) {
    return Messages.read(Raw.of(json));
  }

  /** Reads one message; throws {@link RpcError}. */
  static Message read(Raw json) {
    return Messages.read(json);
  }
}
