@NullMarked
package dev.tollgate.litellm;

import org.jspecify.annotations.NullMarked;
