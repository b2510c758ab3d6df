package dev.tollgate.credentials;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A token by hand.
 *
 * @param header what it is sent as, in lower case
 * @param value the header's whole value
 */
public record StaticToken(String header, Secret value) {

  private static final int LONGEST = 16 * 1024;
  private static final Pattern NAME = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]{1,100}");

  /** Headers that frame a message or that we send ourselves. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          "connection",
          "content-length",
          "content-type",
          "transfer-encoding",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "accept",
          "keep-alive",
          "proxy-connection",
          "cookie");

  public StaticToken {
    header = header.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(header).matches() || OURS.contains(header) || header.startsWith("mcp-")) {
      throw Failure.invalid("header", "header is not the name of a header that may be chosen");
    }
    String text = value.reveal();
    if (text.isBlank()
        || text.length() > LONGEST
        || !text.chars().allMatch(c -> c >= 32 && c < 127)) {
      throw Failure.invalid(
          "token", "token must be 1 to " + LONGEST + " printable characters of ASCII");
    }
  }

  /** {@code Authorization: Bearer …} (RFC 6750, section 2.1). */
  public static StaticToken bearer(Secret token) {
    return new StaticToken("authorization", new Secret("Bearer " + token.reveal()));
  }
}
