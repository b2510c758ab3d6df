/** The rules of the house, as tests: which room may see which, and how the code looks. */
@NullMarked
package dev.tollgate.house;

import org.jspecify.annotations.NullMarked;
