/**
 * What limits cost a call that stays within them. In the room's own package, so that what is
 * measured need not be public; other nodes and Redis are left out. Runs under JMH.
 */
@NullMarked
package dev.tollgate.limits;

import org.jspecify.annotations.NullMarked;
