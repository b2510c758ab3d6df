package dev.tollgate.http.admin;

import java.util.Map;

/**
 * How the gateway is.
 *
 * @param ready whether calls can be served
 * @param checks what was looked at: {@code ok}, {@code starting}, {@code degraded} or {@code down}
 */
public record Health(boolean ready, Map<String, String> checks) {

  String status() {
    if (!ready) {
      return "unavailable";
    }
    return checks.containsValue("degraded") ? "degraded" : "ok";
  }
}
