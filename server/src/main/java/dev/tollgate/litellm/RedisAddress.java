package dev.tollgate.litellm;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where Redis is, from whichever section says it first. */
final class RedisAddress {

  private static final String HOST = "redis.invalid";

  private final Findings findings;
  private final Secrets secrets;
  private final Map<String, String> standIns = new HashMap<>();
  private @Nullable String url;

  RedisAddress(Findings findings, Secrets secrets) {
    this.findings = findings;
    this.secrets = secrets;
  }

  /**
   * @param prefix of the fields: {@code redis_} or nothing
   */
  void read(Source section, String prefix) {
    String whole = section.text(prefix + "url");
    String host = section.text(prefix + "host");
    String port = section.text(prefix + "port", "6379");
    String password = section.text(prefix + "password");
    if (url != null || (whole == null && host == null)) {
      return;
    }
    url =
        whole == null
            ? "redis://" + login(password, section, prefix) + part(host, HOST) + ":" + port(port)
            : whole(whole, section.at(prefix + "url"));
    findings.note(
        section.at(prefix + (whole == null ? "host" : "url")),
        "Tollgate keeps its own data there, under the prefix tollgate",
        "");
  }

  private String whole(String value, String path) {
    String reference = secrets.reference(value, path, "REDIS_URL");
    standIns.put(name(reference), "redis://" + HOST + ":6379");
    return reference;
  }

  private String login(@Nullable String password, Source section, String prefix) {
    if (password == null) {
      return "";
    }
    String field = section.at(prefix + "password");
    return ":" + secrets.reference(password, field, "REDIS_PASSWORD") + "@";
  }

  private String part(@Nullable String value, String standIn) {
    String reference = Reference.plain(value == null ? HOST : value);
    standIns.put(name(reference), standIn);
    return reference;
  }

  private String port(String value) {
    return part(value, "6379");
  }

  private static String name(String reference) {
    return reference.replaceAll("^\\$\\{|}$", "");
  }

  @Nullable String url() {
    return url;
  }

  /** Values that the variables in it might have. */
  Map<String, String> standIns() {
    return standIns;
  }
}
