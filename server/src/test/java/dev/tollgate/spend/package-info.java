@NullMarked
package dev.tollgate.spend;

import org.jspecify.annotations.NullMarked;
