package dev.tollgate.catalogue;

import dev.tollgate.spend.Money;
import java.util.regex.Pattern;

/** The price of a call as people write it: dollars, exact to the nano-dollar. */
public final class CallPrice {

  private static final Pattern DOLLARS = Pattern.compile("\\d{1,6}(\\.\\d{1,9})?");

  private CallPrice() {}

  /**
   * Reads one, such as {@code 0.002}; below a million.
   *
   * @throws IllegalArgumentException that says what is expected instead
   */
  public static Money parse(String dollars) {
    if (!DOLLARS.matcher(dollars).matches()) {
      throw new IllegalArgumentException(
          "must be dollars a call as text, such as \"0.002\", is " + dollars);
    }
    return Money.ofDollars(dollars);
  }
}
