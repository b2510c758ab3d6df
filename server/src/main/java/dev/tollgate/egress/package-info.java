/**
 * The guard on every URL that a tenant, or a document that a tenant's URL led to, supplies.
 *
 * <p>Whoever connects outside asks {@link dev.tollgate.egress.Egress#check} before each connection
 * and connects to an address of the {@link dev.tollgate.egress.Pinned} that it answers, with its
 * host for TLS' server name and its authority for {@code Host}: the name is resolved once, so that
 * it cannot mean something else a moment later. Whoever follows a redirect asks {@link
 * dev.tollgate.egress.Egress#redirect} first. {@link dev.tollgate.egress.Egress#fetch} does all of
 * it for a small document.
 *
 * <p>In a Vert.x client: {@code new RequestOptions().setServer(SocketAddress.inetSocketAddress(new
 * InetSocketAddress(pinned.addresses().getFirst(), pinned.port()))).setHost(pinned.host())
 * .setPort(pinned.port()).setSsl(pinned.tls())}; such a client pools by the server's address too.
 *
 * <p>Owns no table and knows no tenant. Names are resolved on a few threads of its own, each for a
 * bounded time; {@code check} and {@code redirect} never block, {@code fetch} does.
 */
@NullMarked
package dev.tollgate.egress;

import org.jspecify.annotations.NullMarked;
