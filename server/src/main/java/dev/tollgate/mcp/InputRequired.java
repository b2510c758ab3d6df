package dev.tollgate.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A result that asks the client for something before there can be another (MCP 2026-07-28, Multi
 * Round-Trip Requests).
 *
 * @param requests by the server's keys, each an object with {@code method} and {@code params}
 * @param state what the client must bring back; null: nothing
 */
public record InputRequired(Map<String, Raw> requests, @Nullable String state) {

  private static final String TYPE = "input_required";
  private static final String STATE = "requestState";
  private static final String RESPONSES = "inputResponses";

  /** What earlier revisions answer when a page has to be visited first (2025-11-25 only). */
  private static final int URL_ELICITATION_REQUIRED = -32042;

  public InputRequired {
    requests = new LinkedHashMap<>(requests);
  }

  /** What {@code result} asks for; null: it is complete. */
  public static @Nullable InputRequired of(Raw result) {
    Members members = Members.of(result);
    if (!asks(members)) {
      return null;
    }
    Map<String, Raw> requests = new LinkedHashMap<>();
    for (Map.Entry<String, Raw> each : members.within("inputRequests").entries()) {
      requests.put(each.getKey(), each.getValue());
    }
    return new InputRequired(requests, members.string(STATE));
  }

  /** Whether a result asks for something. */
  public static boolean asks(Members result) {
    return TYPE.equals(result.string("resultType"));
  }

  /** What a legacy server's error asks for; null: it is but an error. */
  public static @Nullable InputRequired ofError(Raw error) {
    Members members = Members.of(error);
    Raw code = members.get("code");
    Long number = code == null ? null : code.whole();
    if (number == null || number != URL_ELICITATION_REQUIRED) {
      return null;
    }
    Map<String, Raw> requests = new LinkedHashMap<>();
    for (Raw elicitation : Elements.of(members.within("data").get("elicitations"))) {
      requests.put("url" + requests.size(), request(Method.ELICIT, elicitation));
    }
    return requests.isEmpty() ? null : new InputRequired(requests, null);
  }

  /** One of the requests. */
  public static Raw request(String method, @Nullable Raw params) {
    return Members.NONE.with("method", Raw.string(method)).withIf("params", params).raw();
  }

  /** As a result. */
  public Raw result() {
    Members each = Members.NONE;
    for (Map.Entry<String, Raw> request : requests.entrySet()) {
      each = each.with(request.getKey(), request.getValue());
    }
    return Members.NONE
        .with("resultType", Raw.string(TYPE))
        .withIf("inputRequests", requests.isEmpty() ? null : each.raw())
        .withIf(STATE, state == null ? null : Raw.string(state))
        .raw();
  }

  /** {@code result}, which asks for something, with another state. */
  public static Raw withState(Raw result, String state) {
    return Members.of(result).with(STATE, Raw.string(state)).raw();
  }

  /** The parameters of the request sent again with {@code responses}. */
  public Raw again(@Nullable Raw params, Members responses) {
    return Members.orNone(params)
        .without(RESPONSES, STATE)
        .with(RESPONSES, responses.raw())
        .withIf(STATE, state == null ? null : Raw.string(state))
        .raw();
  }

  /** The state that parameters bring back; null: none. */
  public static @Nullable String state(@Nullable Raw params) {
    return Members.orNone(params).string(STATE);
  }

  /** The parameters with the server's own state in place of ours. */
  public static Raw withOwnState(@Nullable Raw params, String state) {
    return Members.orNone(params).with(STATE, Raw.string(state)).raw();
  }

  /** The responses that parameters bring. */
  public static Members responses(@Nullable Raw params) {
    return Members.orNone(params).within(RESPONSES);
  }

  /** What a legacy client is asked in place of {@code request}'s parameters. */
  public static @Nullable Raw legacyParams(Members request) {
    Raw params = request.get("params");
    Members members = Members.orNone(params);
    boolean url = "url".equals(members.string("mode"));
    return url && !members.has("elicitationId")
        ? members.with("elicitationId", Raw.string(UUID.randomUUID().toString())).raw()
        : params;
  }
}
