package dev.tollgate.translation;

import dev.tollgate.kernel.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A URL that is its own content (RFC 2397), in base64.
 *
 * @param mediaType in lower case, without parameters
 * @param from where the base64 begins, in the bytes of the string that it was read from
 * @param to where it ends
 */
record DataUrl(String mediaType, int from, int to) {

  static final String PDF = "application/pdf";
  static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

  private static final int LONGEST_HEAD = 256;
  private static final String SCHEME = "data:";

  /** Reads a string; null: a URL of another scheme. */
  static @Nullable DataUrl of(Node url, String path) {
    if (!scheme(url)) {
      return null;
    }
    int comma = comma(url);
    if (comma < 0) {
      throw Failure.invalid(path, "the field " + path + " is a data URL without data");
    }
    // Some encoders escape every slash.
    String head =
        new String(url.bytes, url.from + 1, comma - url.from - 1, StandardCharsets.UTF_8)
            .replace("\\/", "/")
            .substring(SCHEME.length())
            .toLowerCase(Locale.ROOT);
    if (!head.endsWith(";base64")) {
      throw Failure.invalid(path, "the field " + path + " is a data URL that is not in base64");
    }
    int semicolon = head.indexOf(';');
    return new DataUrl(head.substring(0, semicolon).strip(), comma + 1, url.to - 1);
  }

  private static boolean scheme(Node url) {
    int begin = url.from + 1;
    return url.length() > SCHEME.length() + 2
        && new String(url.bytes, begin, SCHEME.length(), StandardCharsets.US_ASCII)
            .equalsIgnoreCase(SCHEME);
  }

  private static int comma(Node url) {
    int limit = Math.min(url.to, url.from + LONGEST_HEAD);
    for (int i = url.from; i < limit; i++) {
      if (url.bytes[i] == ',') {
        return i;
      }
    }
    return -1;
  }
}
