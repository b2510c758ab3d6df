/** Whose objects are, over nodes and tenants. */
@NullMarked
package dev.tollgate.objects;

import org.jspecify.annotations.NullMarked;
