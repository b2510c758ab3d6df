package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.Caller;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Authorizations by a person: begun here, ended by the browser's return. */
final class Flows {

  private static final String OFFLINE = "offline_access";

  private final Discovery discovery;
  private final Clients clients;
  private final TokenEndpoint tokens;
  private final OAuthHttp http;
  private final FlowTable table;
  private final @Nullable PublicAddress self;

  Flows(
      Discovery discovery,
      Clients clients,
      TokenEndpoint tokens,
      OAuthHttp http,
      FlowTable table,
      @Nullable PublicAddress self) {
    this.discovery = discovery;
    this.clients = clients;
    this.tokens = tokens;
    this.http = http;
    this.table = table;
    this.self = self;
  }

  /**
   * Begins one.
   *
   * @param scope asked for beyond what the resource says
   * @return what to open in a browser
   */
  URI begin(
      UUID organization, Caller.Administrator actor, Place place, URI connector, String scope) {
    PublicAddress here = PublicAddress.required(self);
    ProtectedResource resource = discovery.resource(connector);
    AuthorizationServer server = discovery.server(resource.issuer());
    URI endpoint = authorizationEndpoint(server);
    OAuthClient client = clients.forCode(organization, server);
    String offline = server.scopes().contains(OFFLINE) ? OFFLINE : "";
    String asked = Scopes.union(resource.scope(), scope, offline);
    CodeVerifier verifier = new CodeVerifier();
    State state = new State(32);
    table.put(
        organization,
        place,
        state.getValue(),
        new Flow(
            actor.id(),
            actor.name(),
            verifier.getValue(),
            server.issuer(),
            server.issuerInResponse(),
            server.tokenEndpoint().toString(),
            client,
            resource.resource().toString(),
            asked,
            here.callback().toString()));
    return request(endpoint, client, resource, asked, here, verifier, state);
  }

  private URI authorizationEndpoint(AuthorizationServer server) {
    URI endpoint = server.authorizationEndpoint();
    if (endpoint == null) {
      throw Failure.of(ErrorCode.UPSTREAM_INVALID, "the authorization server serves no browsers");
    }
    if (!server.s256()) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID,
          "the authorization server does not say that it supports PKCE with S256");
    }
    http.check(endpoint);
    return endpoint;
  }

  private static URI request(
      URI endpoint,
      OAuthClient client,
      ProtectedResource resource,
      String scope,
      PublicAddress here,
      CodeVerifier verifier,
      State state) {
    AuthorizationRequest.Builder request =
        new AuthorizationRequest.Builder(ResponseType.CODE, client.nimbusId())
            .endpointURI(endpoint)
            .redirectionURI(here.callback())
            .state(state)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .resource(resource.resource());
    if (!scope.isEmpty()) {
      request.scope(Scope.parse(scope));
    }
    return request.build().toURI();
  }

  /** What came of one. */
  record Ended(Flow.Pending pending, CredentialTable.Draft draft) {}

  /**
   * Ends the one that a browser came back from. Its state is used up, whatever comes of it.
   *
   * @param query the parameters of the callback
   */
  Ended end(Map<String, List<String>> query) {
    String state = single(query, "state");
    Flow.Pending pending = state == null ? null : table.take(state);
    if (pending == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "this authorization was not begun here, was finished already, or took longer than ten"
              + " minutes; begin it again");
    }
    Flow flow = pending.flow();
    // Before anything else of the response is believed, its error included.
    if (!flow.isFrom(single(query, "iss"))) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID,
          "the response is not from the authorization server that was asked; begin again");
    }
    return new Ended(pending, draft(pending, exchange(flow, code(flow, query))));
  }

  /** A parameter that is there once; null otherwise. */
  private static @Nullable String single(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null || values.size() != 1 ? null : values.getFirst();
  }

  private static String code(Flow flow, Map<String, List<String>> query) {
    try {
      AuthorizationResponse response =
          AuthorizationResponse.parse(URI.create(flow.redirect()), query);
      if (response.indicatesSuccess()
          && response.toSuccessResponse().getAuthorizationCode() != null) {
        return response.toSuccessResponse().getAuthorizationCode().getValue();
      }
      String error =
          response.indicatesSuccess()
              ? "no code"
              : String.valueOf(response.toErrorResponse().getErrorObject().getCode());
      throw Failure.of(
          ErrorCode.FORBIDDEN, "the authorization server did not agree: " + Texts.safe(error));
    } catch (ParseException malformed) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST, "the authorization server's response is malformed", malformed);
    }
  }

  private TokenAnswer.Issued exchange(Flow flow, String code) {
    TokenAnswer answer =
        tokens.exchange(
            URI.create(flow.tokenEndpoint()),
            flow.client(),
            URI.create(flow.resource()),
            code,
            URI.create(flow.redirect()),
            flow.verifier());
    return switch (answer) {
      case TokenAnswer.Issued issued -> issued;
      case TokenAnswer.Denied denied ->
          throw Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "the authorization server gave no token: " + Texts.safe(denied.error()));
    };
  }

  private static CredentialTable.Draft draft(Flow.Pending pending, TokenAnswer.Issued issued) {
    Flow flow = pending.flow();
    return new CredentialTable.Draft(
        pending.place(),
        Snapshot.Kind.AUTHORIZATION_CODE,
        Grant.bearer(
            issued.accessToken(),
            new Grant.Renewal(flow.tokenEndpoint(), flow.client(), issued.refreshToken())),
        flow.issuer(),
        URI.create(flow.resource()),
        issued.scope() != null ? issued.scope() : flow.scope(),
        issued.expiresAt());
  }

  /** A grant by our own credentials, without a person. */
  CredentialTable.Draft own(UUID organization, Place place, URI connector, String scope) {
    ProtectedResource resource = discovery.resource(connector);
    AuthorizationServer server = discovery.server(resource.issuer());
    OAuthClient given = clients.forItself(organization, server.issuer());
    OAuthClient client = new OAuthClient(given.id(), given.secret(), server.secretMethod());
    String asked = Scopes.union(resource.scope(), scope);
    TokenAnswer answer = tokens.own(server.tokenEndpoint(), client, resource.resource(), asked);
    return switch (answer) {
      case TokenAnswer.Issued issued ->
          new CredentialTable.Draft(
              place,
              Snapshot.Kind.CLIENT_CREDENTIALS,
              Grant.bearer(
                  issued.accessToken(),
                  new Grant.Renewal(server.tokenEndpoint().toString(), client, null)),
              server.issuer(),
              resource.resource(),
              issued.scope() != null ? issued.scope() : asked,
              issued.expiresAt());
      case TokenAnswer.Denied denied ->
          throw Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "the authorization server gave no token: " + Texts.safe(denied.error()));
    };
  }
}
