package dev.tollgate.keyring;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A key to be kept. A field that is wrong is refused with a {@link Failure} that names it, and that
 * does not repeat the key.
 *
 * @param account the label of the provider's account that it belongs to; null: one of its own
 */
public record ProviderKeyDraft(String provider, Secret key, @Nullable String account) {

  private static final int LONGEST_KEY = 4_096;
  private static final int LONGEST_LABEL = 64;

  public ProviderKeyDraft {
    String text = key.reveal();
    if (text.isEmpty()
        || text.length() > LONGEST_KEY
        || !text.chars().allMatch(ProviderKeyDraft::visible)) {
      throw Failure.invalid(
          "key",
          "key must have from 1 to "
              + LONGEST_KEY
              + " visible characters of ASCII, without spaces: it is sent in a header");
    }
    if (account != null
        && (account.isBlank()
            || account.length() > LONGEST_LABEL
            || !account.chars().allMatch(c -> c == ' ' || visible(c)))) {
      throw Failure.invalid(
          "account", "account must have from 1 to " + LONGEST_LABEL + " characters of ASCII");
    }
  }

  private static boolean visible(int character) {
    return character > ' ' && character < 0x7f;
  }
}
