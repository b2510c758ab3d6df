package dev.tollgate.http.admin;

import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.kernel.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Errors of administration: {@code {"error":{"code","message","field"?,"requestId"}}}. */
public final class AdminErrors implements ErrorDialect {

  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public byte[] body(ErrorCode code, String message, @Nullable String field, String requestId) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code.wire());
    error.put("message", message);
    if (field != null) {
      error.put("field", field);
    }
    error.put("requestId", requestId);
    return JSON.writeValueAsBytes(Map.of("error", error));
  }
}
