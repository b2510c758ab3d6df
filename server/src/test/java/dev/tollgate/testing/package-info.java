/** What tests of several rooms share: real servers, and databases of their own on them. */
@NullMarked
package dev.tollgate.testing;

import org.jspecify.annotations.NullMarked;
