@NullMarked
package dev.tollgate.http.engine;

import org.jspecify.annotations.NullMarked;
