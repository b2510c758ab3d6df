package dev.tollgate.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses belong to the open internet: those that IANA's registries of special-purpose
 * addresses (RFC 6890) do not keep for something else.
 */
final class PublicAddresses {

  private static final List<AddressRange> NOT_PUBLIC =
      Stream.of(
              "0.0.0.0/8", // this network; unspecified
              "10.0.0.0/8", // private
              "100.64.0.0/10", // shared by carriers; Alibaba's metadata
              "127.0.0.0/8", // loopback
              "168.63.129.16/32", // Azure's host, public only by its looks
              "169.254.0.0/16", // link-local; the metadata of most clouds
              "172.16.0.0/12", // private
              "192.0.0.0/24", // protocol assignments; Oracle's metadata
              "192.0.2.0/24", // documentation
              "192.88.99.0/24", // relays of 6to4
              "192.168.0.0/16", // private
              "198.18.0.0/15", // benchmarks
              "198.51.100.0/24", // documentation
              "203.0.113.0/24", // documentation
              "224.0.0.0/4", // multicast
              "240.0.0.0/4", // reserved; broadcast
              "2001::/23", // protocol assignments: Teredo, ORCHID and others
              "2001:db8::/32", // documentation
              "2002::/16", // 6to4: an IPv4 address in disguise
              "3fff::/20") // documentation
          .map(AddressRange::parse)
          .toList();

  /** All that is global unicast today; loopback, private and the rest of IPv6 lie outside. */
  private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");

  /** NAT64 (RFC 6052): what a network without IPv4 makes of an IPv4 address. */
  private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");

  private PublicAddresses() {}

  /** Whether a packet to {@code address} leaves for the open internet. */
  static boolean contains(InetAddress address) {
    if (NAT64.contains(address)) {
      return contains(embedded(address));
    }
    return (address instanceof Inet4Address || GLOBAL_UNICAST.contains(address))
        && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
  }

  private static InetAddress embedded(InetAddress address) {
    byte[] bytes = address.getAddress();
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
