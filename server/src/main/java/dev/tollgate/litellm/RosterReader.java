package dev.tollgate.litellm;

import dev.tollgate.litellm.Roster.Budget;
import dev.tollgate.litellm.Roster.Limits;
import dev.tollgate.litellm.Roster.Organization;
import dev.tollgate.litellm.Roster.User;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the answers of {@code /key/list}, {@code /team/list} and {@code /user/list}: a team becomes
 * an organization, and the keys without a team become one together.
 *
 * <p>Source: LiteLLM's tables {@code LiteLLM_VerificationToken}, {@code LiteLLM_TeamTable} and
 * {@code LiteLLM_UserTable}.
 */
final class RosterReader {

  /** The organization of keys without a team. */
  static final String NOBODYS = "litellm:no-team";

  /** Whom LiteLLM says made a key, where it was its master key. */
  private static final String MASTER = "default_user_id";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int LONGEST_NAME = 160;

  private final Findings findings;
  private final ModelLists lists;
  private final Map<String, Source> teams = new LinkedHashMap<>();
  private final Map<String, Source> users = new LinkedHashMap<>();
  private final Map<String, Source> keys = new LinkedHashMap<>();

  RosterReader(Findings findings, AccessGroups groups) {
    this.findings = findings;
    this.lists = new ModelLists(groups);
  }

  /** Takes the rows of a file; what they are, their fields tell. */
  void read(LiteLlm.Export export) {
    JsonNode json = export.json();
    boolean any = json.isArray();
    if (any) {
      rows(json, export.name());
    }
    for (String list : List.of("keys", "teams", "users")) {
      if (json.path(list).isArray()) {
        any = true;
        rows(json.path(list), export.name() + ": " + list);
      }
    }
    if (!any) {
      throw new IllegalArgumentException(
          export.name()
              + " is no answer of /key/list?return_full_object=true, /team/list or /user/list");
    }
    if (json.path("total_pages").asInt(1) > 1) {
      findings.note(
          export.name() + ": total_pages",
          "there are " + json.path("total_pages").asInt() + " pages; this is one of them",
          "give all of them, each by --keys");
    }
  }

  private void rows(JsonNode list, String name) {
    int index = 0;
    for (JsonNode row : list) {
      Source source = new Source(row, name + "[" + index++ + "]", findings);
      if (row.isString()) {
        findings.lost(
            source.path(), "of this key only its hash is here", "ask with return_full_object=true");
      } else if (row.has("token") || row.has("key_name")) {
        keys.put(row.path("token").asString(source.path()), source);
      } else if (row.has("team_id") && !row.has("user_email")) {
        teams.put(row.path("team_id").asString(), source);
      } else if (row.has("user_id")) {
        users.put(row.path("user_id").asString(), source);
      } else {
        findings.lost(source.path(), "this is no key, no team and no user", "");
      }
    }
  }

  /**
   * Everything that was read.
   *
   * @param overall dollars that the whole proxy may spend; null: unlimited
   */
  Roster roster(@Nullable BigDecimal overall, @Nullable String window) {
    List<Organization> organizations = new ArrayList<>();
    Map<String, List<Source>> byTeam = new LinkedHashMap<>();
    keys.values()
        .forEach(key ->
            byTeam.computeIfAbsent(key.text("team_id", ""), none -> new ArrayList<>()).add(key));
    Budget whole =
        overall == null
            ? null
            : Terms.budget(
                overall,
                window,
                "litellm_settings.max_budget",
                "litellm_settings.budget_duration",
                findings);
    if (whole != null && (!teams.isEmpty() || keys.isEmpty())) {
      findings.lost(
          "litellm_settings.max_budget",
          "there is no budget over all organizations",
          "give each a budget");
    }
    teams.forEach((id, team) -> {
      Organization organization = organization(id, team, byTeam.getOrDefault(id, List.of()));
      if (organization != null) {
        organizations.add(organization);
      }
    });
    byTeam.keySet().removeAll(teams.keySet());
    List<Source> personal = byTeam.remove("");
    byTeam.forEach((team, orphans) ->
        orphans.forEach(key ->
            findings.lost(
                key.at("team_id"), "the team " + team + " is not in the export", "export it too")));
    Set<String> owners = new HashSet<>();
    if (personal != null) {
      personal.forEach(key -> owners.add(key.text("user_id", "")));
      organizations.add(nobodys(personal, teams.isEmpty() ? whole : null));
    }
    users.values().forEach(user -> leftOver(user, owners));
    users.values().forEach(user -> user.restOfRow("user"));
    spent();
    return new Roster(organizations);
  }

  private @Nullable Organization organization(String id, Source team, List<Source> ofTeam) {
    String name = named(team.text("team_alias", id));
    if (team.flag("blocked")) {
      findings.lost(team.at("blocked"), "the team " + name + " is blocked; it is left out", "");
      return null;
    }
    team.skip("team_id", "keys", "team_memberships", "members_with_roles", "members", "admins");
    Budget budget = Terms.budget(team);
    Limits limits = Terms.limits(team);
    List<String> models = lists.models(team);
    List<Roster.Key> made = new ArrayList<>();
    Set<String> people = members(team);
    for (Source key : ofTeam) {
      add(made, people, key, models);
    }
    Map<String, Budget> shares = shares(team);
    List<User> known = new ArrayList<>();
    people.forEach(person -> known.add(member(person, shares.get(person))));
    team.restOfRow("team");
    return new Organization(
        id, name, budget == null ? new Budget(null, "manual") : budget, limits, known, made);
  }

  private static Set<String> members(Source team) {
    Set<String> people = new LinkedHashSet<>(team.texts("members"));
    people.addAll(team.texts("admins"));
    for (Source member : team.objects("members_with_roles")) {
      String id = member.text("user_id");
      if (id != null) {
        people.add(id);
      }
    }
    people.remove(MASTER);
    return people;
  }

  /** What members of a team may spend of its budget. */
  private static Map<String, Budget> shares(Source team) {
    Map<String, Budget> shares = new LinkedHashMap<>();
    for (Source membership : team.objects("team_memberships")) {
      String user = membership.text("user_id");
      Budget budget = Terms.budget(membership);
      if (user != null && budget != null) {
        shares.put(user, budget);
      }
      Terms.limits(membership);
      membership.restOfRow("team_membership");
    }
    return shares;
  }

  /** A user within a team, where LiteLLM counts the team's money, not the user's own. */
  private User member(String id, @Nullable Budget share) {
    Source user = users.get(id);
    return new User(
        id,
        user == null ? null : user.text("user_alias"),
        user == null ? null : user.text("user_email"),
        share,
        new Limits(null, null, null));
  }

  private Organization nobodys(List<Source> personal, @Nullable Budget whole) {
    List<Roster.Key> made = new ArrayList<>();
    Set<String> people = new LinkedHashSet<>();
    for (Source key : personal) {
      Source owner = users.get(key.text("user_id", ""));
      add(made, people, key, owner == null ? null : lists.models(owner));
    }
    List<User> known = people.stream().map(this::alone).toList();
    return new Organization(
        NOBODYS,
        "Keys without a team",
        whole == null ? new Budget(null, "manual") : whole,
        new Limits(null, null, null),
        known,
        made);
  }

  private User alone(String id) {
    User plain = member(id, null);
    Source user = users.get(id);
    return user == null
        ? plain
        : new User(id, plain.name(), plain.email(), Terms.budget(user), Terms.limits(user));
  }

  /** What is said of a user whom no key without a team belongs to has no meaning in LiteLLM. */
  private void leftOver(Source user, Set<String> personal) {
    user.skip("user_id", "teams");
    if (!personal.contains(user.text("user_id", "")) && user.has("max_budget")) {
      findings.note(
          user.at("max_budget"), "it counts for keys without a team, and the user has none", "");
    }
    user.skip("max_budget", "budget_duration", "models", "user_alias", "user_email");
    user.skip("rpm_limit", "tpm_limit", "max_parallel_requests", "litellm_budget_table");
  }

  private void add(
      List<Roster.Key> made, Set<String> people, Source row, @Nullable List<String> outer) {
    Roster.Key key = key(row, outer);
    if (key == null) {
      return;
    }
    made.add(key);
    if (key.userExternalId() != null) {
      people.add(key.userExternalId());
    }
  }

  private Roster.@Nullable Key key(Source row, @Nullable List<String> outer) {
    String token = row.text("token");
    String hint = row.text("key_name", "");
    String hash = token == null ? null : hash(token);
    String alias = row.text("key_alias", hint.isEmpty() ? "key" : hint);
    String mark = hash == null ? row.path() : hash.substring(0, 12);
    row.skip("team_id", "key_alias");
    String user = row.text("user_id");
    if (row.flag("blocked")) {
      findings.lost(row.at("blocked"), "the key " + alias + " is blocked; it is left out", "");
      return null;
    }
    Instant expires = instant(row);
    if (expires != null && expires.isBefore(Instant.now())) {
      findings.note(row.at("expires"), "the key " + alias + " has expired; it is left out", "");
      return null;
    }
    List<String> models = ModelLists.both(lists.models(row), outer);
    List<String> routes = lists.routes(row);
    if ((models != null && models.isEmpty()) || (routes != null && routes.isEmpty())) {
      findings.lost(
          row.path(), "the key " + alias + " may use nothing that is here; it is left out", "");
      return null;
    }
    Roster.Key key =
        new Roster.Key(
            named(alias) + " [" + mark + "]",
            hash,
            hint,
            user == null || user.equals(MASTER) ? null : user,
            expires,
            Terms.budget(row),
            Terms.limits(row),
            models,
            routes);
    row.restOfRow("key");
    return key;
  }

  /** LiteLLM keeps the SHA-256 of a key, once it has written it; before, the key itself. */
  private static @Nullable String hash(String token) {
    if (SHA256.matcher(token).matches()) {
      return token;
    }
    return token.startsWith("sk-") ? Sha256.hex(token.getBytes(StandardCharsets.UTF_8)) : null;
  }

  private static String named(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", " ").strip();
    return printable.length() > LONGEST_NAME ? printable.substring(0, LONGEST_NAME) : printable;
  }

  private @Nullable Instant instant(Source row) {
    String text = row.text("expires");
    if (text == null) {
      return null;
    }
    String iso = text.replace(' ', 'T');
    try {
      return iso.matches(".*([Zz]|[+-]\\d\\d:?\\d\\d)$")
          ? OffsetDateTime.parse(iso).toInstant()
          : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      findings.lost(row.at("expires"), text + " is no instant; the key will not expire", "");
      return null;
    }
  }

  private void spent() {
    List<Map.Entry<String, Source>> all = new ArrayList<>(teams.entrySet());
    all.addAll(keys.entrySet());
    all.addAll(users.entrySet());
    long some =
        all.stream()
            .filter(row -> {
              BigDecimal spend = row.getValue().number("spend");
              return spend != null && spend.signum() > 0;
            })
            .count();
    if (some > 0) {
      findings.lost(
          "*.spend",
          "what " + some + " teams, users and keys have spent is not carried: budgets begin anew",
          "lower this window's budgets by it where it matters");
    }
  }
}
