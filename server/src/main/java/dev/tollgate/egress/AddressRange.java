package dev.tollgate.egress;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses of either family (RFC 4632, RFC 4291 section 2.3).
 *
 * @param base the first address; the bits behind the prefix are zero
 * @param bits how many leading bits are the prefix: 0 to 32 or to 128
 */
public record AddressRange(InetAddress base, int bits) {

  public AddressRange {
    if (bits < 0 || bits > base.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "the prefix of " + base.getHostAddress() + " has no " + bits + " bits");
    }
    if (!zeroBehind(base.getAddress(), bits)) {
      throw new IllegalArgumentException(
          base.getHostAddress() + " has bits behind its prefix of " + bits);
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress base = literal(slash < 0 ? text : text.substring(0, slash), text);
    int width = base.getAddress().length * 8;
    return new AddressRange(base, slash < 0 ? width : prefix(text.substring(slash + 1), text));
  }

  private static InetAddress literal(String address, String text) {
    try {
      // Not what getaddrinfo takes for an address, such as 127.1.
      if (address.matches("[0-9.]+|[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*")) {
        return InetAddress.ofLiteral(address);
      }
    } catch (IllegalArgumentException notOne) {
      throw notRange(text, notOne);
    }
    throw notRange(text, null);
  }

  private static int prefix(String bits, String text) {
    if (!bits.matches("\\d{1,3}")) {
      throw notRange(text, null);
    }
    return Integer.parseInt(bits);
  }

  private static IllegalArgumentException notRange(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "must be a range of addresses such as 10.0.0.0/8 or fd00::/8, is " + text, cause);
  }

  private static boolean zeroBehind(byte[] address, int bits) {
    for (int bit = bits; bit < address.length * 8; bit++) {
      if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code address} is in it; one of the other family never is. */
  boolean contains(InetAddress address) {
    byte[] mine = base.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != other[i]) {
        return false;
      }
    }
    int mask = 0xff00 >> (bits % 8) & 0xff;
    return mask == 0 || (mine[whole] & mask) == (other[whole] & mask);
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + bits;
  }
}
