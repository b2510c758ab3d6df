@NullMarked
package dev.tollgate.egress;

import org.jspecify.annotations.NullMarked;
