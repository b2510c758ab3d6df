/**
 * What reading a body and estimating it cost a call before it is sent. In the room's own package,
 * so that what is measured need not be public; no provider is asked. Runs under JMH.
 */
@NullMarked
package dev.tollgate.models;

import org.jspecify.annotations.NullMarked;
