package dev.tollgate.models;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which headers cross the gateway: all but those of the connection, those that carry credentials or
 * choose or name the account behind them, and what proxies tell of the caller. Nothing is
 * allow-listed, so that betas pass.
 *
 * <p>Source: RFC 9110, section 7.6.1, for what belongs to a connection.
 */
final class Headers {

  private static final Set<String> CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final Set<String> NOT_UP =
      Set.of(
          "host",
          "content-length",
          "expect",
          "authorization",
          "x-api-key",
          "api-key",
          "x-goog-api-key",
          "accept-encoding",
          "cookie",
          "x-request-id",
          "forwarded",
          "x-real-ip",
          "via");

  private static final Set<String> NOT_DOWN =
      Set.of("content-length", "content-encoding", "set-cookie", "x-request-id", "alt-svc");

  /**
   * Which account of a key's owner pays and keeps: for the operator to choose, in a provider's
   * {@code headers}, and nobody else's to know.
   */
  private static final Set<String> ACCOUNT =
      Set.of(
          "openai-organization",
          "openai-project",
          "anthropic-organization-id",
          "anthropic-workspace-id",
          "x-goog-user-project");

  /** What proxies before us tell of the caller's network. */
  private static final String FORWARDED = "x-forwarded-";

  private static final String OURS = "x-tollgate-";

  /** Of Anthropic's and OpenAI's APIs, and of the SDKs that both have of one maker. */
  private static final List<String> DIALECTS =
      List.of("anthropic-", "openai-", "x-stainless-", "x-claude-");

  private Headers() {}

  /** From the caller to a provider. */
  static void up(MultiMap caller, MultiMap provider) {
    copy(caller, provider, name -> !NOT_UP.contains(name));
  }

  /** The same to a provider of another dialect: what only the caller's own knows stays behind. */
  static void across(MultiMap caller, MultiMap provider) {
    copy(
        caller,
        provider,
        name -> !NOT_UP.contains(name) && DIALECTS.stream().noneMatch(name::startsWith));
  }

  /**
   * From a provider to the caller.
   *
   * @param rates whether that is told of the provider's limits
   */
  static void down(MultiMap provider, MultiMap caller, boolean rates) {
    copy(
        provider,
        caller,
        name -> !NOT_DOWN.contains(name) && (rates || !RateHeaders.isProviders(name)));
  }

  private static void copy(MultiMap source, MultiMap target, Predicate<String> wanted) {
    Set<String> named = namedByConnection(source);
    for (Map.Entry<String, String> header : source) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (passes(name) && !named.contains(name) && wanted.test(name)) {
        target.add(header.getKey(), header.getValue());
      }
    }
  }

  private static boolean passes(String name) {
    return !CONNECTION.contains(name)
        && !ACCOUNT.contains(name)
        && !name.startsWith(FORWARDED)
        && !name.startsWith(OURS);
  }

  /** A sender may call any header one of its connection. */
  private static Set<String> namedByConnection(MultiMap headers) {
    String connection = headers.get(HttpHeaders.CONNECTION);
    if (connection == null
        || connection.equalsIgnoreCase("keep-alive")
        || connection.equalsIgnoreCase("close")) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String line : headers.getAll(HttpHeaders.CONNECTION)) {
      for (String name : line.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }
}
