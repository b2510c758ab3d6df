package dev.tollgate.spend;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of United States dollars, exact to the nano-dollar (1e-9 USD).
 *
 * <p>No floating point and no rounding inside: cents appear only where an interface promises cents,
 * rounded half-even there. Arithmetic that leaves the range of a {@code long} (about 9.2 billion
 * dollars) throws {@link ArithmeticException}.
 *
 * @param nanos the amount in nano-dollars, of either sign
 */
public record Money(long nanos) implements Comparable<Money> {

  public static final Money ZERO = new Money(0);

  /** Nano-dollars in a cent. */
  public static final long NANOS_PER_CENT = 10_000_000L;

  /** Nano-dollars in a dollar. */
  public static final long NANOS_PER_DOLLAR = 1_000_000_000L;

  public static Money ofCents(long cents) {
    return new Money(Math.multiplyExact(cents, NANOS_PER_CENT));
  }

  public static Money ofDollars(String decimal) {
    return new Money(new BigDecimal(decimal).movePointRight(9).longValueExact());
  }

  public Money plus(Money other) {
    return new Money(Math.addExact(nanos, other.nanos));
  }

  public Money minus(Money other) {
    return new Money(Math.subtractExact(nanos, other.nanos));
  }

  public boolean isNegative() {
    return nanos < 0;
  }

  /** Whole cents, rounded half-even: for interfaces that promise cents, and nowhere else. */
  public long toCents() {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(NANOS_PER_CENT), 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  /** Dollars as a plain decimal without trailing zeros, such as {@code 0.00421}. */
  public String toDollars() {
    BigDecimal dollars = BigDecimal.valueOf(nanos, 9).stripTrailingZeros();
    return dollars.scale() < 0 ? dollars.setScale(0).toPlainString() : dollars.toPlainString();
  }

  @Override
  public int compareTo(Money other) {
    return Long.compare(nanos, other.nanos);
  }

  @Override
  public String toString() {
    return "$" + toDollars();
  }
}
