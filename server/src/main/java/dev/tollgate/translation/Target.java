package dev.tollgate.translation;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of the model that serves a call to write a request for it.
 *
 * @param model its name at the provider
 * @param maxOutput the longest answer in tokens; Messages wants a maximum, so this one is sent
 *     where the caller gave none; null: not known
 * @param maximumField which member limits the output at OpenAI ({@code max_tokens} or {@code
 *     max_completion_tokens})
 * @param thinking the forms of Anthropic's {@code thinking} that it takes
 * @param efforts the efforts that it takes, least first; empty: none; null: not known, so that what
 *     is asked for is sent
 */
public record Target(
    String model,
    @Nullable Long maxOutput,
    String maximumField,
    Set<Thinking> thinking,
    @Nullable List<String> efforts) {

  public Target {
    thinking = Set.copyOf(thinking);
    efforts = efforts == null ? null : List.copyOf(efforts);
  }

  /** A form of Anthropic's {@code thinking}. */
  public enum Thinking {
    DISABLED,
    BETWEEN_TOOLS,
    ENABLED,
    ADAPTIVE
  }

  /** No model is hurt by a maximum that it cannot reach, but some providers refuse one. */
  boolean reaches(Node maximum) {
    return maxOutput == null || maximum.whole(Long.MAX_VALUE) <= maxOutput;
  }

  /** Whether {@code effort} is taken, as far as is known. */
  boolean takes(String effort) {
    return efforts == null || efforts.contains(effort);
  }
}
