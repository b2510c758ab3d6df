package dev.tollgate.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Answers one request as a provider would: at once, or when the gate lets it through. */
final class Upstream {

  private static final String HEADER = "x-simulator";

  private final Vertx vertx;
  private final Simulation simulation;
  private final Exchange exchange;
  private final Endpoint endpoint;
  private final Buffer body;

  Upstream(Vertx vertx, Simulation simulation, Exchange exchange, Endpoint endpoint, Buffer body) {
    this.vertx = vertx;
    this.simulation = simulation;
    this.exchange = exchange;
    this.endpoint = endpoint;
    this.body = body;
  }

  void answer() {
    try {
      if (!endpoint.generates() || !parked()) {
        proceed();
      }
    } catch (Refusal refusal) {
      refuse(refusal);
    }
  }

  private boolean parked() {
    Gate.Visitor visitor = new Gate.Visitor(vertx.getOrCreateContext(), this::proceed);
    boolean parked = simulation.gate().parks(visitor);
    if (parked) {
      exchange.onGone(() -> simulation.gate().leave(visitor));
    }
    return parked;
  }

  private void proceed() {
    if (exchange.over()) {
      return;
    }
    Kept kept = simulation.kept();
    String header = exchange.request().getHeader(HEADER);
    Glance glance = header == null ? glance(kept) : null;
    try {
      if (glance != null) {
        play(kept.reply(glance, () -> responder(kept.behaviour()).kept(glance)));
      } else {
        Settings more = header == null ? Settings.NONE : Settings.parse(header);
        Reply reply = responder(kept.behaviour().with(more)).reply(endpoint, body);
        if (reply != null) {
          play(reply);
        }
      }
    } catch (Refusal refusal) {
      refuse(refusal);
    } catch (RuntimeException e) {
      // A defect of ours must not look like a provider that is silent.
      refuse(Refusal.of(500, "The simulator failed: " + e));
    }
  }

  private @Nullable Glance glance(Kept kept) {
    boolean plain = kept.steady() && endpoint.repeats();
    return plain ? Glance.at(exchange.dialect(), body) : null;
  }

  private Responder responder(Behaviour behaviour) {
    return new Responder(simulation, exchange, behaviour);
  }

  private void refuse(Refusal refusal) {
    play(
        new Replies(exchange.dialect(), Behaviour.DEFAULT)
            .error(refusal.status(), refusal.text(), exchange.requestId()));
  }

  private void play(Reply reply) {
    new Player(vertx, exchange, simulation.meter(), reply).play();
  }
}
