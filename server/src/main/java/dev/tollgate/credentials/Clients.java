package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.client.ClientInformation;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.client.ClientRegistrationErrorResponse;
import com.nimbusds.oauth2.sdk.client.ClientRegistrationRequest;
import com.nimbusds.oauth2.sdk.client.ClientRegistrationResponse;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.secrets.SealedRow;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to each authorization server, by its issuer: a client given by hand, else our own
 * metadata document, else one that we registered (MCP 2026-07-28, client registration).
 */
final class Clients {

  private static final String GIVEN = "given";
  private static final String REGISTERED = "registered";

  private final Storage storage;
  private final Secrets secrets;
  private final OAuthHttp http;
  private final @Nullable PublicAddress self;

  private record Stored(OAuthClient client, String source, String redirect) {}

  Clients(Storage storage, Secrets secrets, OAuthHttp http, @Nullable PublicAddress self) {
    this.storage = storage;
    this.secrets = secrets;
    this.http = http;
    this.self = self;
  }

  /** The client for an authorization by a person. */
  OAuthClient forCode(UUID organization, AuthorizationServer server) {
    PublicAddress here = PublicAddress.required(self);
    Stored stored = find(organization, server.issuer());
    if (stored != null && stored.source().equals(GIVEN)) {
      return stored.client();
    }
    if (server.clientIdDocuments() && here.servesClientDocument()) {
      return new OAuthClient(here.clientDocument().toString(), null, OAuthClient.NONE);
    }
    if (stored != null && stored.redirect().equals(here.callback().toString())) {
      return stored.client();
    }
    URI endpoint = server.registrationEndpoint();
    if (endpoint == null) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "the authorization server "
              + Texts.safe(server.issuer())
              + " registers no clients by itself; register one there with the redirect URI "
              + here.callback()
              + " and store its clientId");
    }
    return register(organization, server, endpoint, here);
  }

  /** The client that is given for a grant of its own (RFC 6749, section 4.4). */
  OAuthClient forItself(UUID organization, String issuer) {
    Stored stored = find(organization, issuer);
    if (stored == null || stored.client().secret() == null) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "client credentials need a clientId and a clientSecret for the issuer "
              + Texts.safe(issuer));
    }
    return stored.client();
  }

  // Dynamic registration (RFC 7591)

  private OAuthClient register(
      UUID organization, AuthorizationServer server, URI endpoint, PublicAddress here) {
    ClientMetadata metadata = metadata(here);
    boolean open = !server.methods().contains(server.secretMethod());
    String method = open ? OAuthClient.NONE : server.secretMethod();
    metadata.setTokenEndpointAuthMethod(new ClientAuthenticationMethod(method));
    ClientInformation made = ask(new ClientRegistrationRequest(endpoint, metadata, null));
    ClientAuthenticationMethod told = made.getMetadata().getTokenEndpointAuthMethod();
    OAuthClient client =
        new OAuthClient(
            made.getID().getValue(),
            made.getSecret() == null ? null : made.getSecret().getValue(),
            made.getSecret() == null ? OAuthClient.NONE : told == null ? method : told.getValue());
    storage.transact(
        Access.tenant(organization),
        handle ->
            store(handle, organization, server.issuer(), client, REGISTERED, here.callback()));
    return client;
  }

  /** Our own metadata document (client id metadata documents, section 4). */
  static String document(PublicAddress here) {
    ClientMetadata metadata = metadata(here);
    metadata.setTokenEndpointAuthMethod(ClientAuthenticationMethod.NONE);
    metadata.setCustomField("client_id", here.clientDocument().toString());
    return metadata.toJSONObject().toJSONString();
  }

  private static ClientMetadata metadata(PublicAddress here) {
    ClientMetadata metadata = new ClientMetadata();
    metadata.setName("Tollgate");
    metadata.setRedirectionURI(here.callback());
    metadata.setGrantTypes(Set.of(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN));
    metadata.setResponseTypes(Set.of(ResponseType.CODE));
    metadata.setCustomField("application_type", here.local() ? "native" : "web");
    return metadata;
  }

  private ClientInformation ask(ClientRegistrationRequest request) {
    try {
      ClientRegistrationResponse answer =
          ClientRegistrationResponse.parse(http.send(request.toHTTPRequest()));
      if (answer.indicatesSuccess()) {
        return answer.toSuccessResponse().getClientInformation();
      }
      ClientRegistrationErrorResponse refused = answer.toErrorResponse();
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID,
          "the authorization server refused to register a client: "
              + Texts.safe(String.valueOf(refused.getErrorObject().getCode()))
              + " "
              + Texts.safe(String.valueOf(refused.getErrorObject().getDescription())));
    } catch (ParseException malformed) {
      throw OAuthHttp.invalid("the answer to a client's registration", malformed);
    }
  }

  // The table

  private static SealedRow row(UUID organization, UUID id) {
    return new SealedRow("oauth_clients", organization, id);
  }

  void give(Handle handle, UUID organization, ClientDraft draft) {
    String secret = draft.secret() == null ? null : draft.secret().reveal();
    store(
        handle,
        organization,
        draft.issuer(),
        new OAuthClient(
            draft.clientId(), secret, secret == null ? OAuthClient.NONE : OAuthClient.BASIC),
        GIVEN,
        null);
  }

  private int store(
      Handle handle,
      UUID organization,
      String issuer,
      OAuthClient client,
      String source,
      @Nullable URI redirect) {
    handle
        .createUpdate("DELETE FROM oauth_clients WHERE issuer = :issuer")
        .bind("issuer", issuer)
        .execute();
    UUID id = Ids.next();
    byte[] secret =
        (client.secret() == null ? "" : client.secret()).getBytes(StandardCharsets.UTF_8);
    return handle
        .createUpdate(
            "INSERT INTO oauth_clients (id, organization_id, issuer, source, client_id,"
                + " redirect_uri, method, sealed) VALUES (:id, :organization, :issuer, :source,"
                + " :client, :redirect, :method, :sealed)"
                + " ON CONFLICT (organization_id, issuer) DO NOTHING")
        .bind("id", id)
        .bind("organization", organization)
        .bind("issuer", issuer)
        .bind("source", source)
        .bind("client", client.id())
        .bind("redirect", redirect == null ? "" : redirect.toString())
        .bind("method", client.method())
        .bind("sealed", secrets.encrypt(handle, row(organization, id), secret))
        .execute();
  }

  private @Nullable Stored find(UUID organization, String issuer) {
    return storage.transact(
        Access.tenant(organization),
        handle ->
            handle
                .createQuery("SELECT * FROM oauth_clients WHERE issuer = :issuer")
                .bind("issuer", issuer)
                .map((row, context) -> stored(organization, row))
                .findOne()
                .orElse(null));
  }

  private Stored stored(UUID organization, ResultSet row) throws SQLException {
    byte[] sealed = row.getBytes("sealed");
    String secret =
        new String(
            secrets.decrypt(row(organization, row.getObject("id", UUID.class)), sealed),
            StandardCharsets.UTF_8);
    return new Stored(
        new OAuthClient(
            row.getString("client_id"), secret.isEmpty() ? null : secret, row.getString("method")),
        row.getString("source"),
        row.getString("redirect_uri"));
  }
}
