package dev.tollgate.mcp;

import org.jspecify.annotations.Nullable;

/** Tells what kind of message an object is (JSON-RPC 2.0; MCP, Overview, Messages). */
final class Messages {

  static final Members VERSION = Members.NONE.with("jsonrpc", Raw.of("\"2.0\""));

  private Messages() {}

  static Message read(Raw json) {
    Raw object = stripped(json);
    if (object.from() == object.to()) {
      throw RpcError.of(RpcError.PARSE_ERROR, "there is no message");
    }
    if (object.isArray()) {
      throw RpcError.of(
          RpcError.INVALID_REQUEST, "batches are not served: send one message a request");
    }
    Members members = Members.of(object);
    if (!"2.0".equals(members.string("jsonrpc"))) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "jsonrpc must be \"2.0\"");
    }
    Raw id = members.get("id");
    if (members.has("method")) {
      return call(members, id);
    }
    return response(members, id);
  }

  private static Message call(Members members, @Nullable Raw id) {
    String method = members.string("method");
    if (method == null) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "method must be a string");
    }
    Raw params = members.get("params");
    if (params != null && !params.isObject()) {
      throw RpcError.of(RpcError.INVALID_PARAMS, "params must be an object");
    }
    if (members.has("result") || members.has("error")) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "a message with a method has no result or error");
    }
    if (id == null) {
      return new Message.Notification(method, params);
    }
    return new Message.Request(requireId(id), method, params);
  }

  private static Message response(Members members, @Nullable Raw id) {
    Raw error = members.get("error");
    Raw result = members.get("result");
    if (error != null && result == null) {
      if (!error.isObject()) {
        throw RpcError.of(RpcError.INVALID_REQUEST, "error must be an object");
      }
      return new Message.Fault(id == null || id.isNull() ? null : requireId(id), error);
    }
    if (error != null || result == null || id == null) {
      throw RpcError.of(
          RpcError.INVALID_REQUEST, "neither a request nor a notification nor a response");
    }
    if (!result.isObject()) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "result must be an object");
    }
    return new Message.Success(requireId(id), result);
  }

  private static Raw requireId(Raw id) {
    if (!id.isString() && id.whole() == null) {
      throw RpcError.of(RpcError.INVALID_REQUEST, "id must be a string or a whole number");
    }
    return id;
  }

  private static Raw stripped(Raw json) {
    byte[] bytes = json.bytes();
    int from = json.from();
    while (from < json.to() && bytes[from] <= ' ' && bytes[from] >= 0) {
      from++;
    }
    return new Raw(bytes, from, json.to());
  }
}
