@NullMarked
package dev.tollgate.storage;

import org.jspecify.annotations.NullMarked;
