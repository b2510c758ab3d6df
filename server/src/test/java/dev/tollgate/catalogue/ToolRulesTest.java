package dev.tollgate.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Failure;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ToolRulesTest {

  private static final UUID KEY = new UUID(0, 1);

  @Test
  void deniesBeforeItAllows() {
    ToolRules rules = new ToolRules(List.of("github__*"), List.of("*__delete_*"));
    assertThat(rules.verdict("github", "get_me")).isTrue();
    assertThat(rules.verdict("github", "delete_file")).isFalse();
    assertThat(rules.verdict("linear", "list_issues")).as("allowed is what is named").isFalse();
    assertThat(ToolRules.NONE.verdict("linear", "list_issues")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void matchesAsTheExpressionOfAPattern(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      String pattern = text(random, "ab*", 8);
      String name = text(random, "ab", 10);
      String expression =
          pattern
              .chars()
              .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
              .collect(Collectors.joining());
      Boolean denied = new ToolRules(List.of(), List.of(pattern)).verdict("c", name);
      boolean matches = ("c__" + name).matches(expression);
      assertThat(Boolean.FALSE.equals(denied))
          .as("seed %d: %s of %s", seed, pattern, name)
          .isEqualTo(matches);
    }
  }

  private static String text(Random random, String letters, int most) {
    int length = 1 + random.nextInt(most);
    return random
        .ints(length, 0, letters.length())
        .mapToObj(at -> letters.substring(at, at + 1))
        .collect(Collectors.joining());
  }

  @Test
  void theNearerRuleDecides() {
    Connector connector = connector("github", "github", "delete_file", false);
    ToolRules whole = new ToolRules(List.of(), List.of("github__get_me"));
    ToolRules own = new ToolRules(List.of("github__delete_file", "github__get_me"), List.of());
    OrganizationConnectors all =
        new OrganizationConnectors(List.of(connector), whole, Map.of(KEY, own));
    assertThat(all.allows(KEY, connector, "delete_file")).as("the key's rule").isTrue();
    assertThat(all.allows(KEY, connector, "list_issues")).as("not named for the key").isFalse();
    assertThat(all.allows(null, connector, "delete_file")).as("the policy").isFalse();
    assertThat(all.allows(null, connector, "get_me")).as("the organization's").isFalse();
    assertThat(all.allows(null, connector, "list_issues")).as("nobody says no").isTrue();
  }

  @Test
  void takesFromTheCatalogueWhatTheOrganizationDoesNotSay() {
    Connector connector = connector("mine", "github", "get_me", true);
    assertThat(connector.policy("get_me").allowed()).isTrue();
    assertThat(connector.policy("get_me").freshness()).isEqualTo(Freshness.STABLE);
    assertThat(connector.policy("merge_pull_request").writes()).isTrue();
    assertThat(connector.policy("what_nobody_knows")).isEqualTo(ToolPolicy.NONE);
  }

  @Test
  void knowsThreeServersAndNoToolTwice() {
    assertThat(KnownServers.ALL.keySet()).containsExactly("github", "linear", "notion");
    KnownServers.ALL
        .values()
        .forEach(server -> {
          assertThat(server.tools()).hasSizeGreaterThan(20);
          assertThat(server.url().getScheme()).isEqualTo("https");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":{\"class\":\"often\"}}",
        "{\"t\":{\"access\":\"all\"}}",
        "{\"t\":{\"public\":1}}",
        "{\"t\":{\"ttl\":2}}",
        "{\"t\":{\"price\":\"-1\"}}",
        "{\"t\":{\"price\":\"0.0000000001\"}}",
        "{\"t\":{\"price\":\"1e3\"}}",
        "{\"t\":{\"price\":2}}",
        "{\"t\":7}",
        "[]"
      })
  void refusesPoliciesThatAreNone(String json) {
    assertThatThrownBy(() -> PolicyText.policies("policies", JsonMapper.shared().readTree(json)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.field()).startsWith("policies"));
  }

  @Test
  void readsBackWhatItShows() {
    String json =
        "{\"t\":{\"class\":\"stable\",\"access\":\"read\",\"public\":true,\"allowed\":false,"
            + "\"price\":\"0.002\"},\"u\":{}}";
    Map<String, ToolPolicy> read =
        PolicyText.policies("policies", JsonMapper.shared().readTree(json));
    assertThat(JsonMapper.shared().writeValueAsString(PolicyText.view(read))).isEqualTo(json);
  }

  private static Connector connector(
      String name, @Nullable String catalogue, String tool, boolean allowed) {
    return new Connector(
        new UUID(0, 7),
        new UUID(0, 8),
        name,
        catalogue,
        new Place.Url(URI.create("https://example.com/mcp"), false),
        AuthKind.NONE,
        true,
        Map.of(tool, new ToolPolicy(null, null, allowed, null, null)),
        null,
        1,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
