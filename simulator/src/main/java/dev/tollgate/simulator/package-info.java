/**
 * A stand-in for model providers: a separate HTTP server in both wire formats.
 *
 * <p>It is a provider like any other to the gateway, which has no code path that knows it. It owns
 * no data that lasts. Requests are answered on Vert.x event loops and nothing blocks there; what
 * the loops share ({@link dev.tollgate.simulator.Simulation}) is safe for any thread.
 *
 * <p>How it answers is one vocabulary ({@link dev.tollgate.simulator.Key}), spoken in four places,
 * each overriding the one before: the command line, the control API under {@code /simulator/v1},
 * the header {@code x-simulator}, and a directive such as {@code [[sim: status=429]]} in the last
 * user message.
 */
@NullMarked
package dev.tollgate.simulator;

import org.jspecify.annotations.NullMarked;
