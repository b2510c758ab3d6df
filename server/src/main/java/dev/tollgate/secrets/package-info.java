/**
 * What must be kept and never be read: encryption of secrets at rest.
 *
 * <p>Envelopes: a keyset of AES-256-GCM keys (Tink) encrypts values, and is itself kept in
 * PostgreSQL encrypted by the master key, which is in the configuration of every node and nowhere
 * else. A ciphertext begins with the id of its key, and is bound to its table, organization and
 * row, so that it opens nowhere else.
 *
 * <p>A room that keeps secrets gives its table a column {@code sealed bytea}, together with {@code
 * id uuid} and {@code organization_id uuid}, and lets {@code tollgate_admin} read these and update
 * that: rotation finds it by the column's name, and no key is dropped while such a column needs it.
 *
 * <p>Owns the table {@code secret_keyset}. Blocks but for {@link
 * dev.tollgate.secrets.Secrets#decrypt}, which asks the database only for a key that it has not
 * seen. Nothing here is ever logged.
 */
@NullMarked
package dev.tollgate.secrets;

import org.jspecify.annotations.NullMarked;
