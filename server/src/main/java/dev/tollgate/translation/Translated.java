package dev.tollgate.translation;

import java.util.List;

/**
 * A request in the provider's dialect.
 *
 * @param body the JSON to send
 * @param asked what of the request decides how the answer is written
 * @param rewritten the caller's fields that became something else than they say
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record Translated(byte[] body, Asked asked, List<String> rewritten) {}
