package dev.tollgate.spend;

/**
 * How long the ledger keeps its entries.
 *
 * @param months how many whole months before the present one; 0: all of them, forever
 */
public record Retention(int months) {

  public static final Retention FOREVER = new Retention(0);

  private static final int MOST = 1_200;

  public Retention {
    if (months < 0 || months > MOST) {
      throw new IllegalArgumentException(
          "must be forever, or a number of months from 1 to " + MOST + ", is " + months);
    }
  }

  /** Reads {@code forever} or a number of months. */
  public static Retention parse(String text) {
    if (text.equals("forever")) {
      return FOREVER;
    }
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "must be forever, or a number of months from 1 to " + MOST + ", is " + text);
    }
    return new Retention(Integer.parseInt(text));
  }

  boolean forever() {
    return months == 0;
  }
}
