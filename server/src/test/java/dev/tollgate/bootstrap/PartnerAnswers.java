package dev.tollgate.bootstrap;

import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What official clients were told, without what must differ. */
final class PartnerAnswers {

  private PartnerAnswers() {}

  /** The results, without what the two eras have apart from each other. */
  static List<JsonNode> plain(List<JsonNode> answers) {
    return answers.stream().skip(1).map(PartnerAnswers::plain).filter(Objects::nonNull).toList();
  }

  /** Without what the SDK of both eras takes out of a result of the later one. */
  static List<JsonNode> forBoth(List<JsonNode> answers) {
    List<JsonNode> plain = plain(answers);
    plain.getFirst().at("/result/tools").forEach(tool -> ((ObjectNode) tool).remove("execution"));
    return plain;
  }

  private static JsonNode plain(JsonNode answer) {
    if (answer.get("result") instanceof ObjectNode result) {
      result.remove("ttlMs");
      result.remove("cacheScope");
      result.remove("resultType");
      if (result.get("_meta") instanceof ObjectNode meta) {
        meta.remove("io.modelcontextprotocol/serverInfo");
        meta.remove("dev.tollgate/cache");
        if (meta.isEmpty()) {
          result.remove("_meta");
        }
      }
    }
    if (answer.get("error") instanceof ObjectNode error) {
      error.remove("message");
    }
    return answer;
  }
}
