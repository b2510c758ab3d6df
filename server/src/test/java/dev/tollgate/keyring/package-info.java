@NullMarked
package dev.tollgate.keyring;

import org.jspecify.annotations.NullMarked;
