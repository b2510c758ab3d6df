package dev.tollgate.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** From a name to its addresses; blocks. */
@FunctionalInterface
interface Resolver {

  InetAddress[] resolve(String host) throws UnknownHostException;
}
