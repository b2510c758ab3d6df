package dev.tollgate.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/**
 * Where a list goes on, as an opaque text that is safe in a URL.
 *
 * <p>It names its list, so that the cursor of one is refused by another. It proves nothing: what a
 * list shows is decided by whoever asks.
 */
public final class Cursor {

  private static final int LONGEST = 2_048;

  private Cursor() {}

  /** The cursor of {@code list} after {@code position}. */
  public static String of(String list, String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((list + ':' + position).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The position that {@link #of} was given.
   *
   * @throws Failure when the text is no cursor of {@code list}
   */
  public static String position(String list, String cursor) {
    if (cursor.length() <= LONGEST) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        if (text.startsWith(list + ':')
            && of(list, text.substring(list.length() + 1)).equals(cursor)) {
          return text.substring(list.length() + 1);
        }
      } catch (IllegalArgumentException e) {
        throw wrong();
      }
    }
    throw wrong();
  }

  /** A position that is an identifier. */
  public static UUID id(String list, String cursor) {
    try {
      return UUID.fromString(position(list, cursor));
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
  }

  /** A position that is a number. */
  public static long number(String list, String cursor) {
    try {
      return Long.parseLong(position(list, cursor));
    } catch (NumberFormatException e) {
      throw wrong();
    }
  }

  private static Failure wrong() {
    return Failure.invalid(
        "cursor",
        "the cursor is not one of this list; pass nextCursor of the page before as it is");
  }
}
