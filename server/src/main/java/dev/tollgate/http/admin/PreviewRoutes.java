package dev.tollgate.http.admin;

import dev.tollgate.classification.Verdict;
import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Call;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.Models;
import dev.tollgate.models.Preview;
import dev.tollgate.models.RequestScan;
import dev.tollgate.models.Span;
import dev.tollgate.models.Surface;
import dev.tollgate.spend.BudgetStanding;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonFactory;

/**
 * What would become of a request now: decided by what decides on calls, and by what PostgreSQL says
 * of the budgets. Nothing is held and nothing is charged.
 *
 * @param readers how the body of each surface is read
 */
public record PreviewRoutes(
    Tenancy tenancy,
    Spend spend,
    Models models,
    JsonFactory json,
    Map<Surface, Function<BodyBytes, Envelope>> readers) {

  private static final Set<String> OF_KEY = Set.of("dialect", "surface", "request", "requestClass");
  private static final Set<String> OF_ADMINISTRATOR =
      Set.of("dialect", "surface", "request", "requestClass", "keyId");

  /** Both of them, as data. */
  public List<Route> routes() {
    return List.of(
        Desk.administrators(
            HttpMethod.POST,
            "/organizations/{organizationId}/budget/preview",
            this::forAdministrator),
        Desk.keys(HttpMethod.POST, "/v1/budget/preview", Access.TENANT, this::forKey));
  }

  /**
   * An answer.
   *
   * @param boundNanos nano-dollars
   * @param categoryConfidence of a request for {@code auto}, by its words and shape alone
   * @param categoryModel who would be asked for the category first, since that is not enough
   * @param refusal the code, and {@code message} what the caller would be told
   */
  private record View(
      String decision,
      String modelAsked,
      @Nullable String modelServed,
      @Nullable String provider,
      @Nullable String ladderStep,
      @Nullable String warning,
      @Nullable String category,
      @Nullable Double categoryConfidence,
      @Nullable String categoryReason,
      @Nullable String categoryModel,
      String budget,
      @Nullable Long outputCap,
      @Nullable String refusal,
      @Nullable String message,
      @Nullable Long boundCents,
      @Nullable Long boundNanos,
      List<Left> budgets) {

    static View of(Preview preview) {
      Money bound = preview.bound();
      ErrorCode refusal = preview.refusal();
      Verdict verdict = preview.verdict();
      return new View(
          preview.decision(),
          preview.asked(),
          preview.served(),
          preview.provider(),
          preview.step(),
          preview.warning(),
          verdict == null ? null : verdict.category().wire(),
          verdict == null ? null : verdict.confidence(),
          verdict == null ? null : verdict.reason().wire(),
          preview.judge(),
          preview.budget(),
          preview.cap(),
          refusal == null ? null : refusal.wire(),
          preview.message(),
          BudgetRoutes.cents(bound),
          bound == null ? null : bound.nanos(),
          preview.standing().budgets().stream().map(Left::of).toList());
    }
  }

  /** What is left of a budget; null: it is unlimited. */
  private record Left(
      String budget,
      @Nullable Long budgetCents,
      @Nullable Long remainingCents,
      @Nullable Instant resetsAt) {

    static Left of(BudgetStanding standing) {
      return new Left(
          standing.budget(),
          BudgetRoutes.cents(standing.limit()),
          BudgetRoutes.cents(standing.remaining()),
          standing.resetsAt());
    }
  }

  private Reply forAdministrator(Call call) {
    Query.of(call);
    byte[] body = call.body().getBytes();
    RequestScan scan = scan(body, OF_ADMINISTRATOR);
    Caller.Administrator actor = Desk.actor(call);
    OrgScope scope = tenancy.scopeFor(actor, Paths.id(call, "organizationId"));
    String key = scan.string("keyId");
    if (key != null) {
      UUID id = Paths.uuid(key);
      if (id == null) {
        throw Failure.invalid("keyId", "keyId must be an identifier, a UUID");
      }
      scope = tenancy.scopeFor(scope, id);
    }
    return preview(scope, scan, body);
  }

  private Reply forKey(Call call) {
    Query.of(call);
    if (call.caller() instanceof Caller.Tenant(OrgScope scope)) {
      byte[] body = call.body().getBytes();
      return preview(scope, scan(body, OF_KEY), body);
    }
    throw new IllegalStateException("the door lets nobody else in");
  }

  private RequestScan scan(byte[] body, Set<String> known) {
    RequestScan scan = RequestScan.of(json, BodyBytes.of(body), known);
    for (Span span : scan.spans()) {
      if (!known.contains(span.name())) {
        throw Failure.invalid(
            span.name(),
            "the field "
                + span.name()
                + " is not known here; known are "
                + String.join(", ", known));
      }
    }
    return scan;
  }

  private Reply preview(OrgScope scope, RequestScan scan, byte[] body) {
    Surface surface = surface(dialect(scan.string("dialect")), scan.string("surface"));
    BodyBytes request = request(scan, body);
    Envelope envelope = reader(surface).apply(request);
    Preview preview =
        models.preview(
            scope, surface, request, envelope, scan.string("requestClass"), spend.standing(scope));
    return Reply.json(200, View.of(preview));
  }

  private Function<BodyBytes, Envelope> reader(Surface surface) {
    Function<BodyBytes, Envelope> reader = readers.get(surface);
    if (reader == null) {
      throw new IllegalStateException("nobody reads " + surface);
    }
    return reader;
  }

  /** OpenAI's dialect has two where conversations are held; unsaid, it is the older one. */
  private static Surface surface(Dialect dialect, @Nullable String named) {
    if (named == null) {
      return Surface.conversations(dialect);
    }
    if (named.equals("responses") && dialect == Dialect.OPENAI) {
      return Surface.RESPONSES;
    }
    throw Failure.invalid(
        "surface", "surface must be responses, with the dialect openai, or be left out");
  }

  private static Dialect dialect(@Nullable String name) {
    return Arrays.stream(Dialect.values())
        .filter(dialect -> dialect.wire().equals(name))
        .findFirst()
        .orElseThrow(() -> Failure.invalid("dialect", "dialect must be one of anthropic, openai"));
  }

  /** The request byte for byte as it is written: its bound goes by its length. */
  private static BodyBytes request(RequestScan scan, byte[] body) {
    return scan.spans().stream()
        .filter(span -> span.name().equals("request") && body[span.start()] == '{')
        .findFirst()
        .map(span -> BodyBytes.of(Arrays.copyOfRange(body, span.start(), span.end())))
        .orElseThrow(
            () -> Failure.invalid("request", "request must be the body of a call, a JSON object"));
  }
}
