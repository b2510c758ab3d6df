/**
 * Reads what a LiteLLM proxy is configured with (its {@code config.yaml}, and the answers of its
 * {@code /key/list}, {@code /team/list} and {@code /user/list}) and says it in Tollgate's words: a
 * configuration file, and a {@link dev.tollgate.litellm.Roster} of organizations, users and keys.
 *
 * <p>Whatever is not carried is a {@link dev.tollgate.litellm.Finding}: every field of a source is
 * either read, or listed. Pure: no file is opened here, nothing is sent, no table, no thread.
 */
@NullMarked
package dev.tollgate.litellm;

import org.jspecify.annotations.NullMarked;
