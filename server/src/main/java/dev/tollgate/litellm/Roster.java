package dev.tollgate.litellm;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The organizations that are to be, with their users and keys. */
public record Roster(List<Organization> organizations) {

  /**
   * What may be spent.
   *
   * @param cents null: unlimited
   * @param window {@code manual}, {@code day}, {@code week} or {@code month}
   */
  public record Budget(@Nullable Long cents, String window) {}

  /** How much may be asked for in a minute and at a time; null: as much as one likes. */
  public record Limits(
      @Nullable Long requestsPerMinute,
      @Nullable Long tokensPerMinute,
      @Nullable Long concurrentStreams) {

    /** Whether nothing is limited. */
    public boolean none() {
      return requestsPerMinute == null && tokensPerMinute == null && concurrentStreams == null;
    }
  }

  /**
   * A team of LiteLLM's.
   *
   * @param externalId what LiteLLM calls it; by this it is found again
   */
  public record Organization(
      String externalId,
      String name,
      Budget budget,
      Limits limits,
      List<User> users,
      List<Key> keys) {}

  /**
   * A user within an organization.
   *
   * @param budget null: none of its own
   */
  public record User(
      String externalId,
      @Nullable String name,
      @Nullable String email,
      @Nullable Budget budget,
      Limits limits) {}

  /**
   * A key.
   *
   * @param name by this it is found again, so it tells the key of LiteLLM's apart
   * @param sha256 of its text, in hexadecimal, so that it goes on as it is; null: a new key is
   *     needed
   * @param hint what LiteLLM shows of it
   * @param userExternalId null: it is nobody's
   * @param budget null: none of its own
   * @param models null: all
   * @param routes null: all
   */
  public record Key(
      String name,
      @Nullable String sha256,
      String hint,
      @Nullable String userExternalId,
      @Nullable Instant expiresAt,
      @Nullable Budget budget,
      Limits limits,
      @Nullable List<String> models,
      @Nullable List<String> routes) {}
}
