/**
 * Organizations' own keys for providers of models: kept encrypted, shown to nobody again, and at
 * hand for every call.
 *
 * <p>An organization may have several for a provider. Which of them serves a call is decided by
 * {@code models}; this room only says which there are. What cannot be read is a failure and never
 * an empty list, since a caller takes that for leave to use the operator's key.
 *
 * <p>Owns the table {@code provider_keys}. {@link dev.tollgate.keyring.Keyring#cached} and {@link
 * dev.tollgate.keyring.Keyring#keys} never block; everything else does, and belongs on a virtual
 * thread.
 */
@NullMarked
package dev.tollgate.keyring;

import org.jspecify.annotations.NullMarked;
