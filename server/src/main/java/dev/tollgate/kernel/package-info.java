/**
 * What every room stands on: time, identifiers, failures with a code, and closing in reverse.
 *
 * <p>Owns no table, starts no thread, and knows nothing of HTTP, SQL or money.
 */
@NullMarked
package dev.tollgate.kernel;

import org.jspecify.annotations.NullMarked;
