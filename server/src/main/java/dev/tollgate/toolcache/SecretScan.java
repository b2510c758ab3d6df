package dev.tollgate.toolcache;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Whether JSON carries a secret: something under a field that is named as one, the shape of a known
 * credential anywhere, or text of high entropy under a field whose name speaks of secrets. High
 * entropy alone is none, or every digest and every cursor would be.
 */
final class SecretScan {

  /** Names that are exactly this, in the ways they are written. */
  private static final Set<String> NAMES =
      Set.of(
          "token",
          "secret",
          "password",
          "passwd",
          "passphrase",
          "apiKey",
          "api_key",
          "api-key",
          "apikey",
          "authorization",
          "Authorization",
          "accessToken",
          "access_token",
          "refreshToken",
          "refresh_token",
          "idToken",
          "id_token",
          "authToken",
          "auth_token",
          "bearerToken",
          "bearer_token",
          "sessionToken",
          "session_token",
          "clientSecret",
          "client_secret",
          "privateKey",
          "private_key",
          "secretKey",
          "secret_key",
          "x-api-key",
          "X-Api-Key",
          "X-API-Key",
          "credential",
          "credentials");

  /** The last word of a name that speaks of secrets. */
  private static final Set<String> WORDS =
      Set.of("token", "secret", "password", "passphrase", "credential", "key", "apikey");

  /** The word before it that makes it something else. */
  private static final Set<String> HARMLESS =
      Set.of(
          "page",
          "next",
          "previous",
          "prev",
          "continuation",
          "cursor",
          "sync",
          "progress",
          "start",
          "end",
          "resume",
          "primary",
          "foreign",
          "sort",
          "cache",
          "partition",
          "object",
          "issue",
          "project",
          "public",
          "etag");

  private static final Pattern BORDERS =
      Pattern.compile("[^\\p{L}\\p{N}]+|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})");

  private static final int LEAST_LENGTH = 16;
  private static final double LEAST_BITS = 3.5;

  /** Text of a tool is often JSON itself. */
  private static final int NESTING = 2;

  private static final JsonFactory JSON = new JsonFactory();

  private SecretScan() {}

  static boolean finds(byte[] json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      return finds(parser, NESTING);
    } catch (JacksonException unreadable) {
      // What cannot be looked through is not kept.
      return true;
    }
  }

  private static boolean finds(JsonParser parser, int nesting) {
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case VALUE_STRING -> {
          // In a list the name is that of the list.
          if (secret(name(parser), parser.getString(), nesting)) {
            return true;
          }
        }
        case VALUE_NUMBER_INT -> {
          String name = name(parser);
          if (name != null && NAMES.contains(name) && parser.getString().length() >= 4) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  private static @Nullable String name(JsonParser parser) {
    var context = parser.streamReadContext();
    while (context != null && context.inArray()) {
      context = context.getParent();
    }
    return context == null ? null : context.currentName();
  }

  private static boolean secret(@Nullable String name, String value, int nesting) {
    if (name != null && !value.isEmpty()) {
      if (NAMES.contains(name) || (speaksOfSecrets(name) && random(value))) {
        return true;
      }
    }
    return CredentialShapes.areIn(value) || (nesting > 0 && nested(value, nesting - 1));
  }

  private static boolean nested(String value, int nesting) {
    String start = value.stripLeading();
    if (!start.startsWith("{") && !start.startsWith("[")) {
      return false;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), value)) {
      return finds(parser, nesting);
    } catch (JacksonException plainText) {
      return false;
    }
  }

  private static boolean speaksOfSecrets(String name) {
    List<String> words =
        Arrays.stream(BORDERS.split(name)).map(word -> word.toLowerCase(Locale.ROOT)).toList();
    if (words.isEmpty() || !WORDS.contains(words.getLast())) {
      return false;
    }
    return words.size() > 1 && !HARMLESS.contains(words.get(words.size() - 2));
  }

  /** Shannon's entropy a character, of text that is one word. */
  private static boolean random(String value) {
    if (value.length() < LEAST_LENGTH || value.chars().anyMatch(Character::isWhitespace)) {
      return false;
    }
    int[] counts = new int[128];
    for (int i = 0; i < value.length(); i++) {
      counts[value.charAt(i) & 127]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = count / (double) value.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits >= LEAST_BITS;
  }
}
