package dev.tollgate.models;

/**
 * Where a member of the body's top-level object stands, in bytes.
 *
 * @param key the first byte of its name, a quotation mark
 * @param start the first byte of its value
 * @param end the byte after its value
 */
public record Span(String name, int key, int start, int end) {}
