@NullMarked
package dev.tollgate.secrets;

import org.jspecify.annotations.NullMarked;
