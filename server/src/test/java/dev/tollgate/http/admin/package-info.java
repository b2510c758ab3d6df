@NullMarked
package dev.tollgate.http.admin;

import org.jspecify.annotations.NullMarked;
