@NullMarked
package dev.tollgate.credentials;

import org.jspecify.annotations.NullMarked;
