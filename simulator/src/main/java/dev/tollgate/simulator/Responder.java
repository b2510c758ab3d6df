package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Decides what one request gets. */
final class Responder {

  private static final List<String> MODELS =
      List.of(
          "claude-opus-5-5",
          "claude-sonnet-5-5",
          "claude-haiku-5-5",
          "gpt-4o",
          "gpt-4o-mini",
          "text-embedding-3-small");

  private final Simulation simulation;
  private final Exchange exchange;
  private final Dialect dialect;
  private final Behaviour behaviour;

  Responder(Simulation simulation, Exchange exchange, Behaviour behaviour) {
    this.simulation = simulation;
    this.exchange = exchange;
    this.dialect = exchange.dialect();
    this.behaviour = behaviour;
  }

  /** The answer to every request that looks like {@code glance}. */
  Reply kept(Glance glance) {
    return answer(glance.ask(), behaviour);
  }

  /** What to send; null: nothing, ever. */
  @Nullable Reply reply(Endpoint endpoint, Buffer body) {
    if (!endpoint.understands(exchange.request().method().name())) {
      throw Refusal.of(405, "Method Not Allowed");
    }
    HttpServerRequest request = exchange.request();
    if (Endpoint.isVersioned(String.valueOf(request.path()))
        && request.getParam("api-version") == null) {
      throw Refusal.of(404, "Resource not found");
    }
    return switch (endpoint) {
      case MESSAGES, CHAT_COMPLETIONS -> {
        Ask ask = dialect.read(Json.read(body), body.length());
        yield unlessFaulty(told(ask.said()), told -> answer(ask, told));
      }
      case RESPONSES -> {
        ObjectNode asked = Json.read(body);
        Ask ask = dialect.read(asked, body.length());
        yield unlessFaulty(told(ask.said()), told -> respond(asked, ask, told));
      }
      case RESPONSE -> unlessFaulty(behaviour, this::stored);
      case COUNT_TOKENS -> {
        ObjectNode asked = Json.read(body);
        yield unlessFaulty(told(Messages.text(Messages.last(asked))), told -> count(asked, told));
      }
      case EMBEDDINGS -> {
        Vectors vectors = Vectors.of(Json.read(body));
        yield unlessFaulty(told(vectors.said()), told -> embed(vectors, told));
      }
      case MODELS -> unlessFaulty(behaviour, this::models);
      case UNKNOWN -> throw Refusal.of(404, "There is nothing at " + exchange.request().path());
    };
  }

  private Behaviour told(String said) {
    Settings settings = Directives.settings(said);
    return settings == Settings.NONE ? behaviour : behaviour.with(settings);
  }

  private @Nullable Reply unlessFaulty(Behaviour told, Function<Behaviour, Reply> answer) {
    authenticate(told.shape().apiKey());
    Faults faults = told.faults();
    if (faults.silent()) {
      return null;
    }
    return faults.status() == 0
        ? answer.apply(told)
        : replies(told).error(faults.status(), message(faults.status()), exchange.requestId());
  }

  private void authenticate(@Nullable String key) {
    HttpServerRequest request = exchange.request();
    boolean known =
        key == null
            || key.equals(request.getHeader("api-key"))
            || key.equals(request.getHeader("x-api-key"))
            || ("Bearer " + key).equals(request.getHeader("authorization"));
    if (!known) {
      throw Refusal.of(401, "invalid x-api-key");
    }
  }

  private Reply answer(Ask ask, Behaviour told) {
    known(ask.model(), told);
    Answer answer = new Composer(simulation).compose(ask, told);
    return replies(told).answer(ask, answer, exchange.requestId());
  }

  private Reply respond(ObjectNode asked, Ask ask, Behaviour told) {
    known(ask.model(), told);
    simulation.responses().check(key(), asked);
    Answer answer = new Composer(simulation).compose(ask, told);
    if (asked.path("store").asBoolean(true)) {
      simulation.responses().keep(key(), dialect.whole(answer), asked.path("input"));
    }
    return replies(told).answer(ask, answer, exchange.requestId());
  }

  private Reply stored(Behaviour told) {
    String path = Endpoint.bare(String.valueOf(exchange.request().path()));
    String[] parts = path.substring(Endpoint.STORED.length()).split("/", -1);
    String id = parts[0];
    StoredResponses responses = simulation.responses();
    if (parts.length == 2 && parts[1].equals("input_items")) {
      return replies(told).document(responses.input(key(), id));
    }
    ObjectNode found = responses.of(key(), id);
    if (found == null || parts.length > 1) {
      throw StoredResponses.missing(id);
    }
    if (exchange.request().method().name().equals("DELETE")) {
      responses.remove(key(), id);
      return replies(told)
          .document(
              Json.object().put("id", id).put("object", "response.deleted").put("deleted", true));
    }
    return replies(told).document(found);
  }

  /** Whose the objects are that a request makes and names. */
  private String key() {
    return String.valueOf(exchange.request().getHeader("authorization"));
  }

  private Reply count(ObjectNode asked, Behaviour told) {
    known(Messages.model(asked), told);
    Tokens.Count input = told.tokens().input();
    long tokens =
        input.source() == Tokens.Source.FIXED ? input.fixed() : AnthropicAsk.prompt(asked).tokens();
    return replies(told).document(Json.object().put("input_tokens", tokens));
  }

  private Reply embed(Vectors vectors, Behaviour told) {
    known(vectors.model(), told);
    Tokens.Count input = told.tokens().input();
    long tokens = input.source() == Tokens.Source.FIXED ? input.fixed() : vectors.tokens();
    return replies(told).document(vectors.document(tokens));
  }

  private Reply models(Behaviour told) {
    String path = Endpoint.bare(String.valueOf(exchange.request().path()));
    List<String> listed = told.shape().models() == null ? MODELS : told.shape().models();
    if (!path.startsWith(Endpoint.MODEL)) {
      return replies(told).document(dialect.models(listed));
    }
    String id = path.substring(Endpoint.MODEL.length());
    known(id, told);
    return replies(told).document(dialect.model(id));
  }

  private static void known(String model, Behaviour told) {
    if (!told.shape().knows(model)) {
      throw Refusal.of(404, "model: " + model);
    }
  }

  private Replies replies(Behaviour told) {
    return new Replies(dialect, told);
  }

  private static String message(int status) {
    return switch (status) {
      case 429 -> "This request would exceed the rate limit. [simulated]";
      case 529 -> "Overloaded [simulated]";
      default -> "The simulator was told to answer with status " + status + ". [simulated]";
    };
  }
}
