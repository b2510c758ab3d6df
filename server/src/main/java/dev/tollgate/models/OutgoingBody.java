package dev.tollgate.models;

import dev.tollgate.spend.Rewrite;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.stream.Stream;

/** A call's body as its provider gets it, with what the plan changes. */
final class OutgoingBody {

  private final Leg leg;
  private final Envelope envelope;
  private final Plan plan;

  OutgoingBody(Leg leg, Plan plan) {
    this.leg = leg;
    this.envelope = leg.envelope();
    this.plan = plan;
  }

  /** The bytes to send. */
  Buffer bytes() {
    BodyEdit edit = new BodyEdit(leg.body(), envelope);
    Choice choice = plan.choice();
    String model = choice.provider().named(choice.model());
    if (!model.equals(envelope.model())) {
      edit.text("model", model);
    }
    if (leg.surface().asksForUsage()
        && envelope.shape().features().stream()
        && !envelope.usageAsked()) {
      edit.json("stream_options.include_usage", "true");
    }
    plan.rewrites().forEach(rewrite -> edit.json(rewrite.path(), rewrite.json()));
    // After the rewrites: one of them may move the request's own maximum to another field.
    if (plan.cap() != null) {
      edit.json(maximumField(), Long.toString(plan.cap()));
    }
    return edit.apply();
  }

  private String maximumField() {
    String known = plan.choice().entry().capabilities().reasoning().maximumField();
    String asked = envelope.maximumField();
    return asked == null || sets(known) ? known : asked;
  }

  private boolean sets(String field) {
    return plan.rewrites().stream()
        .anyMatch(rewrite -> rewrite.path().equals(field) && rewrite.json() != null);
  }

  /** The fields whose rewriting changed something: what is not there cannot be taken out. */
  List<String> rewritten() {
    Stream<String> planned =
        plan.rewrites().stream()
            .filter(rewrite -> rewrite.json() != null || envelope.span(member(rewrite)) != null)
            .map(Rewrite::path);
    Crossing crossing = leg.crossing();
    return Stream.concat(crossing == null ? Stream.of() : crossing.rewritten().stream(), planned)
        .distinct()
        .toList();
  }

  private static String member(Rewrite rewrite) {
    int dot = rewrite.path().indexOf('.');
    return dot < 0 ? rewrite.path() : rewrite.path().substring(0, dot);
  }
}
