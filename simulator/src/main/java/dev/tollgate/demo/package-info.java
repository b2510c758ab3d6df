/**
 * The try-out: starts a gateway in a throw-away directory, does with it what its users do, and
 * tells the story.
 *
 * <p>A client like any other: it speaks HTTP to the administration API and uses the official SDKs,
 * unmodified, and knows nothing of the gateway's inside. The MCP server that its tools come from it
 * runs itself, and counts there what arrives. Whatever it prints it has checked; the first thing
 * that is not as it should be ends it. Plain blocking Java on one thread.
 */
@NullMarked
package dev.tollgate.demo;

import org.jspecify.annotations.NullMarked;
