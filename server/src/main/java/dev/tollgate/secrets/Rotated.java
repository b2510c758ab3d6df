package dev.tollgate.secrets;

/**
 * What a rotation did.
 *
 * @param rows how many ciphertexts were encrypted anew
 * @param dropped how many old keys are gone
 */
public record Rotated(long rows, int dropped) {}
