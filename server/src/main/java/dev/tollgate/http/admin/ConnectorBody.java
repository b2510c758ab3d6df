package dev.tollgate.http.admin;

import dev.tollgate.catalogue.AuthKind;
import dev.tollgate.catalogue.Catalogue;
import dev.tollgate.catalogue.Connector;
import dev.tollgate.catalogue.ConnectorDraft;
import dev.tollgate.catalogue.KnownServer;
import dev.tollgate.catalogue.Place;
import dev.tollgate.catalogue.PolicyText;
import dev.tollgate.catalogue.ToolPolicy;
import dev.tollgate.http.engine.Call;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request says of a connector: {@code {name, catalogue | url | command, environment?, auth?,
 * stateless?, policies?, price?}}.
 *
 * @param reach where connectors may be
 */
record ConnectorBody(Body body, Catalogue catalogue, Reach reach) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_WORDS = 256;
  private static final int LONGEST_WORD = 4_096;
  private static final int LONGEST_TOKEN = 16_384;

  static ConnectorBody of(Call call, Catalogue catalogue, Reach reach) {
    Body body =
        Body.of(
            call,
            "name",
            "catalogue",
            "url",
            "command",
            "environment",
            "auth",
            "stateless",
            "policies",
            "price");
    return new ConnectorBody(body, catalogue, reach);
  }

  /** A connector that is not there yet. */
  ConnectorDraft draft() {
    int places = count("catalogue") + count("url") + count("command");
    if (places == 0 || (places > 1 && !body.has("catalogue")) || places > 2) {
      throw Failure.invalid("url", "say where the server is: one of catalogue, url and command");
    }
    KnownServer known = known();
    Place place = place(known);
    return new ConnectorDraft(
        body.has("name") || known == null ? body.text("name") : known.name(),
        known == null ? null : known.name(),
        place,
        auth(known == null ? AuthKind.NONE : known.auth()),
        body.has("stateless") ? (Boolean) body.flag("stateless", false) : null,
        PolicyText.policies("policies", body.get("policies")),
        PolicyText.price("price", body.get("price")));
  }

  /** A connector as it is, with what the request says of it. */
  ConnectorDraft over(Connector now) {
    if (body.has("catalogue")) {
      throw Failure.invalid("catalogue", "what a connector is of the catalogue cannot change");
    }
    boolean moved = body.has("url") || body.has("command");
    return new ConnectorDraft(
        body.has("name") ? body.text("name") : now.name(),
        now.catalogue(),
        moved ? place(null) : now.place(),
        auth(now.auth()),
        body.flag("stateless", now.stateless()),
        policies(now.policies()),
        body.says("price") ? PolicyText.price("price", body.get("price")) : now.price());
  }

  /** Tools that the request names are replaced; null removes what was said of one. */
  private Map<String, ToolPolicy> policies(Map<String, ToolPolicy> before) {
    JsonNode said = body.get("policies");
    if (said == null) {
      return before;
    }
    if (!said.isObject()) {
      throw Failure.invalid("policies", "policies must be an object");
    }
    Map<String, ToolPolicy> all = new HashMap<>(before);
    for (String tool : said.propertyNames()) {
      if (said.get(tool).isNull()) {
        all.remove(tool);
      } else {
        all.putAll(
            PolicyText.policies("policies", JSON.createObjectNode().set(tool, said.get(tool))));
      }
    }
    return all;
  }

  private int count(String field) {
    return body.has(field) ? 1 : 0;
  }

  private @Nullable KnownServer known() {
    String name = body.textOrNull("catalogue");
    return name == null ? null : catalogue.known(name);
  }

  private Place place(@Nullable KnownServer known) {
    if (body.has("command")) {
      return command();
    }
    if (body.has("environment")) {
      throw Failure.invalid("environment", "only a command has an environment");
    }
    String url = body.textOrNull("url");
    if (url == null && known != null) {
      return new Place.Url(known.url(), false);
    }
    return new Place.Url(reach.egress().kept(body.text("url")), false);
  }

  private Place command() {
    if (!reach.commands()) {
      throw Failure.of(
          ErrorCode.FORBIDDEN,
          "child processes are not allowed here; the operator may set connectors.allow-commands");
    }
    List<String> words = strings("command", body.get("command"));
    if (words.isEmpty() || words.getFirst().isBlank()) {
      throw Failure.invalid("command", "command must begin with a program");
    }
    Map<String, String> environment = new LinkedHashMap<>();
    JsonNode variables = body.get("environment");
    if (variables != null) {
      if (!variables.isObject()) {
        throw Failure.invalid("environment", "environment must be an object");
      }
      for (String name : variables.propertyNames()) {
        variable(name);
        environment.put(name, word("environment." + name, variables.get(name)));
      }
    }
    return new Place.Command(words, environment);
  }

  /** What a process can have in its environment, and the table can keep. */
  private static void variable(String name) {
    if (name.isEmpty()
        || name.length() > LONGEST_WORD
        || name.indexOf('=') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw Failure.invalid(
          "environment",
          "a name in environment must have 1 to "
              + LONGEST_WORD
              + " characters, none of them a control or =");
    }
  }

  static List<String> strings(String field, @Nullable JsonNode node) {
    List<String> words = new ArrayList<>();
    if (node == null) {
      return words;
    }
    if (!node.isArray() || node.size() > MOST_WORDS) {
      throw Failure.invalid(field, field + " must be a list of at most " + MOST_WORDS);
    }
    for (JsonNode each : node) {
      words.add(word(field + "[" + words.size() + "]", each));
    }
    return words;
  }

  private static String word(String field, JsonNode node) {
    if (!node.isString()
        || node.stringValue().length() > LONGEST_WORD
        || node.stringValue().indexOf('\0') >= 0) {
      throw Failure.invalid(
          field, field + " must be a string of at most " + LONGEST_WORD + " characters");
    }
    return node.stringValue();
  }

  private AuthKind auth(AuthKind otherwise) {
    return auth("type", AuthKind::of, otherwise);
  }

  /** The token of {@code auth}, which may only be written; null: none. */
  @Nullable Secret token() {
    String token = auth("token", text -> text, null);
    if (token == null) {
      return null;
    }
    if (token.isBlank()
        || token.length() > LONGEST_TOKEN
        || token.chars().anyMatch(each -> each <= ' ' || each > '~')) {
      throw Failure.invalid(
          "auth.token",
          "auth.token must be 1 to " + LONGEST_TOKEN + " visible characters without spaces");
    }
    return new Secret(token);
  }

  private <T extends @Nullable Object> T auth(String field, Function<String, T> read, T otherwise) {
    JsonNode auth = body.get("auth");
    if (auth == null) {
      return otherwise;
    }
    if (!auth.isObject()) {
      throw Failure.invalid("auth", "auth must be an object {type, token?}");
    }
    for (String name : auth.propertyNames()) {
      if (!name.equals("type") && !name.equals("token")) {
        throw Failure.invalid("auth." + name, "auth." + name + " is not known; known: type, token");
      }
    }
    JsonNode value = auth.get(field);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isString()) {
      throw Failure.invalid("auth." + field, "auth." + field + " must be a string");
    }
    return read.apply(value.stringValue());
  }
}
