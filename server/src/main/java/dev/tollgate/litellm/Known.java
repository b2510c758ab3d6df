package dev.tollgate.litellm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * LiteLLM's settings that Tollgate does not take, each with why and what to do instead; by section,
 * in {@code settings.json}.
 *
 * <p>Source: LiteLLM's documentation, "All settings" (proxy/config_settings).
 */
final class Known {

  private static final JsonNode SECTIONS = read();

  private static final String UNKNOWN = "this setting is not known here";

  private Known() {}

  private static JsonNode read() {
    try (InputStream in = Known.class.getResourceAsStream("settings.json")) {
      return new JsonMapper().readTree(Objects.requireNonNull(in, "settings.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds what there is to say of a setting that was not read. */
  static void tell(Findings findings, String section, String key, String path) {
    JsonNode entry = SECTIONS.path(section).path(key);
    String why = entry.path("why").asString(UNKNOWN);
    String instead = entry.path("instead").asString("");
    if (entry.path("ignore").asBoolean(false)) {
      return;
    }
    if (entry.path("note").asBoolean(false)) {
      findings.note(path, why, instead);
    } else {
      findings.lost(path, why, instead);
    }
  }
}
