@NullMarked
package dev.tollgate.http.openai;

import org.jspecify.annotations.NullMarked;
