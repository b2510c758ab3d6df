package dev.tollgate.http.admin;

import dev.tollgate.egress.Egress;

/**
 * Where the operator lets connectors be.
 *
 * @param egress which URLs may be connected to
 * @param commands whether connectors may be child processes
 */
public record Reach(Egress egress, boolean commands) {}
