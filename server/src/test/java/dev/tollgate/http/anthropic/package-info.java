@NullMarked
package dev.tollgate.http.anthropic;

import org.jspecify.annotations.NullMarked;
