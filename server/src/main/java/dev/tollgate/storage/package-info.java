/**
 * PostgreSQL and Redis: pools, roles, transactions, migrations, and whether they are there.
 *
 * <p>Every transaction enters its room's role together with its organization, inside the
 * transaction, so that neither can leak through a pool. Owns the migrations and no table. Blocks;
 * belongs on virtual threads.
 */
@NullMarked
package dev.tollgate.storage;

import org.jspecify.annotations.NullMarked;
