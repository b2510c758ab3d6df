/**
 * Who calls: organizations, users, API keys, administrators, and the audit of what they changed.
 *
 * <p>Owns the tables {@code organizations}, {@code users}, {@code api_keys}, {@code administrators}
 * and {@code audit_log}. {@link dev.tollgate.tenancy.OrgScope} is the proof of tenancy: minted here
 * alone, first parameter of every tenant-scoped call. A key is looked up in memory on the wire and
 * in PostgreSQL off it; tenancy fails closed.
 */
@NullMarked
package dev.tollgate.tenancy;

import org.jspecify.annotations.NullMarked;
