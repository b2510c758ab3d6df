/** Golden conversations, random ones, and every refusal by its name. */
@NullMarked
package dev.tollgate.translation;

import org.jspecify.annotations.NullMarked;
