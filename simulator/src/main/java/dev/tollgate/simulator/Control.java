package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The control API: JSON under {@code /simulator/v1}, for tests in another process. */
final class Control {

  static final String PREFIX = "/simulator/";

  private Control() {}

  static void answer(Simulation simulation, HttpServerRequest request, Buffer body) {
    int status = 200;
    Object answer;
    try {
      answer = answer(simulation, request, request.method().name() + " " + request.path(), body);
    } catch (Refusal refusal) {
      status = refusal.status();
      answer = Map.of("error", refusal.text());
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(Json.bytes(answer));
  }

  private static Object answer(
      Simulation simulation, HttpServerRequest request, String route, Buffer body) {
    switch (route) {
      case "GET /simulator/v1/behaviour" -> {
        return simulation.behaviour().settings().words();
      }
      case "PUT /simulator/v1/behaviour" -> {
        simulation.behave(words(body));
        return simulation.behaviour().settings().words();
      }
      case "GET /simulator/v1/stats" -> {
        return simulation.stats();
      }
      case "GET /simulator/v1/requests" -> {
        return requests(simulation.log().all());
      }
      case "GET /simulator/v1/gate" -> {}
      case "POST /simulator/v1/gate/close" -> simulation.gate().close();
      case "POST /simulator/v1/gate/open" -> simulation.gate().open();
      case "POST /simulator/v1/gate/release" -> simulation.gate().release(count(request));
      case "POST /simulator/v1/reset" -> simulation.reset();
      default -> throw Refusal.of(404, "The control API has no " + route);
    }
    return Map.of("closed", simulation.gate().closed(), "parked", simulation.gate().waiting());
  }

  private static Map<String, String> words(Buffer body) {
    Map<String, String> words = new LinkedHashMap<>();
    Json.read(body).properties().forEach(e -> words.put(e.getKey(), e.getValue().asString()));
    return words;
  }

  private static int count(HttpServerRequest request) {
    String count = request.getParam("count", "1");
    if (!count.matches("\\d{1,6}")) {
      throw Refusal.invalid("count=%s is not a number of requests.".formatted(count));
    }
    return Integer.parseInt(count);
  }

  private static ArrayNode requests(List<Recorded> recorded) {
    ArrayNode requests = Json.array();
    for (Recorded request : recorded) {
      ObjectNode item = requests.addObject();
      item.put("method", request.method()).put("path", request.path());
      ArrayNode headers = item.putArray("headers");
      request.headers().forEach(h -> headers.addArray().add(h.getKey()).add(h.getValue()));
      item.put("body", request.body().toString()).put("bodyBase64", request.body().getBytes());
    }
    return requests;
  }
}
