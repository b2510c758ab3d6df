package dev.tollgate.http.mcp;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.HeaderText;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * A posted message, and in which era it is served: its body decides, headers must agree (MCP
 * 2026-07-28, Versioning, Dual-era; Streamable HTTP, Server Validation).
 */
sealed interface Inbound {

  /** Served by itself. */
  record Modern(Message.Request request, Client client, @Nullable String logLevel)
      implements Inbound {}

  /** Part of a session, or the beginning of one. */
  record Legacy(Message message) implements Inbound {}

  /** A modern notification: none has a meaning over this transport. */
  record Unheard() implements Inbound {}

  String VERSION_HEADER = "mcp-protocol-version";

  /** Reads a body; throws {@link RpcError}. */
  static Inbound of(byte[] body, MultiMap headers) {
    return of(Message.read(body), headers);
  }

  /** Classifies a message; throws {@link RpcError}. */
  static Inbound of(Message message, MultiMap headers) {
    String header = headers.get(VERSION_HEADER);
    return switch (message) {
      case Message.Request request -> request(request, header, headers);
      case Message.Notification notification -> {
        requireSupported(header);
        boolean modern =
            claim(notification.params()) != null || Revision.MODERN.wire().equals(header);
        yield modern ? new Unheard() : new Legacy(notification);
      }
      case Message.Success success -> response(success, header);
      case Message.Fault fault -> response(fault, header);
    };
  }

  /** Whatever is sent names a revision that there is, or none (2025-11-25, Transports). */
  static void requireSupported(@Nullable String header) {
    if (header != null && Revision.of(header) == null) {
      throw unsupported(header);
    }
  }

  private static Inbound response(Message message, @Nullable String header) {
    requireSupported(header);
    if (Revision.MODERN.wire().equals(header)) {
      throw RpcError.of(
          RpcError.INVALID_REQUEST,
          "clients of this revision send no responses: ask again instead");
    }
    return new Legacy(message);
  }

  private static @Nullable Raw claim(@Nullable Raw params) {
    return Members.orNone(params).within(Meta.FIELD).get(Meta.PROTOCOL_VERSION);
  }

  private static Inbound request(
      Message.Request request, @Nullable String header, MultiMap headers) {
    Raw claim = claim(request.params());
    if (claim != null) {
      return modern(request, claim, header, headers);
    }
    Revision named = Revision.of(header);
    if (named == null ? header == null : named.era() == Era.LEGACY) {
      return new Legacy(request);
    }
    if (named == null && !request.method().equals(Method.INITIALIZE)) {
      throw unsupported(String.valueOf(header));
    }
    if (request.method().equals(Method.INITIALIZE)) {
      return new Legacy(request);
    }
    throw RpcError.of(RpcError.INVALID_PARAMS, "params._meta lacks " + Meta.PROTOCOL_VERSION);
  }

  private static Inbound modern(
      Message.Request request, Raw claim, @Nullable String header, MultiMap headers) {
    String version = claim.string();
    if (version == null) {
      throw RpcError.of(RpcError.INVALID_PARAMS, Meta.PROTOCOL_VERSION + " must be a string");
    }
    if (!version.equals(header)) {
      throw mismatch("MCP-Protocol-Version", header, version);
    }
    if (!Revision.MODERN.wire().equals(version)) {
      throw unsupported(version);
    }
    requireHeaders(request, headers);
    Members meta = Members.orNone(request.params()).within(Meta.FIELD);
    Raw capabilities = meta.get(Meta.CLIENT_CAPABILITIES);
    if (capabilities == null || !capabilities.isObject()) {
      throw RpcError.of(
          RpcError.INVALID_PARAMS,
          "params._meta lacks " + Meta.CLIENT_CAPABILITIES + ", an object");
    }
    return new Modern(
        request,
        new Client(Revision.MODERN, capabilities, meta.get(Meta.CLIENT_INFO)),
        LogLevel.required(meta.get(Meta.LOG_LEVEL)));
  }

  private static void requireHeaders(Message.Request request, MultiMap headers) {
    String method = headers.get("mcp-method");
    if (!request.method().equals(method)) {
      throw mismatch("Mcp-Method", method, request.method());
    }
    Members params = Members.orNone(request.params());
    @Nullable String name =
        switch (request.method()) {
          case Method.TOOLS_CALL, Method.PROMPTS_GET -> params.string("name");
          case Method.RESOURCES_READ -> params.string("uri");
          default -> null;
        };
    if (name == null) {
      return;
    }
    String header = headers.get("mcp-name");
    if (header == null || !name.equals(HeaderText.decode(header))) {
      throw mismatch("Mcp-Name", header, name);
    }
  }

  private static RpcError mismatch(String name, @Nullable String header, String body) {
    return RpcError.of(
        RpcError.HEADER_MISMATCH,
        header == null
            ? "Header mismatch: " + name + " is missing"
            : "Header mismatch: " + name + " is '" + header + "', the body says '" + body + "'");
  }

  private static RpcError unsupported(String requested) {
    return RpcError.of(
        RpcError.UNSUPPORTED_VERSION,
        "Unsupported protocol version",
        Members.NONE
            .with("supported", Elements.strings(Revision.supported()))
            .with("requested", Raw.string(requested))
            .raw());
  }
}
