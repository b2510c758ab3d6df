package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;
import java.util.regex.Pattern;

/**
 * A key that its owners have already, from another gateway, by what that one keeps of it. A field
 * that is wrong is refused with a {@link Failure} that names it.
 *
 * @param sha256 of its text in UTF-8, in hexadecimal
 * @param prefix what it is recognized by, such as {@code sk-...x7Qa}
 */
public record KnownKey(String sha256, String prefix) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public KnownKey {
    if (!SHA256.matcher(sha256).matches()) {
      throw Failure.invalid("sha256", "sha256 must be 64 hexadecimal digits in lower case");
    }
    Texts.name("prefix", prefix);
  }

  KeyHash hash() {
    return KeyHash.ofHex(sha256);
  }
}
