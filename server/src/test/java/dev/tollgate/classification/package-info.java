@NullMarked
package dev.tollgate.classification;

import org.jspecify.annotations.NullMarked;
