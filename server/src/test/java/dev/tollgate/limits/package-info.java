@NullMarked
package dev.tollgate.limits;

import org.jspecify.annotations.NullMarked;
