package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import dev.tollgate.egress.Egress;
import dev.tollgate.egress.Fetch;
import dev.tollgate.egress.Fetched;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nimbus' requests by way of the guard, and documents; all bounded. */
final class OAuthHttp implements HTTPRequestSender {

  private static final int MOST_BYTES = 256 * 1024;

  private final Egress egress;
  private final Duration deadline;

  OAuthHttp(Egress egress, Duration deadline) {
    this.egress = egress;
    this.deadline = deadline;
  }

  /** A document; whoever asks looks at the status. */
  Fetched get(URI url) {
    return egress.fetch(Fetch.get(url, Map.of("accept", "application/json"), MOST_BYTES, deadline));
  }

  /** Another request, whose redirects are not followed. */
  Fetched post(URI url, Map<String, String> headers, String body) {
    return egress.fetch(new Fetch("POST", url, headers, body, MOST_BYTES, deadline, false));
  }

  /** Refuses a URL that a document names for a person's browser. */
  void check(URI url) {
    egress.checkNow(url);
  }

  HTTPResponse send(HTTPRequest request) {
    try {
      return request.send(this);
    } catch (IOException impossible) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID, "the authorization server could not be asked", impossible);
    }
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) {
    Map<String, String> headers = new HashMap<>();
    request.getHeaderMap().forEach((name, values) -> headers.put(name, String.join(", ", values)));
    headers.putIfAbsent("Accept", "application/json");
    String body = request.getBody();
    Fetched answer = post(request.getURI(), headers, body == null ? "" : body);
    return response(answer);
  }

  private static HTTPResponse response(Fetched answer) {
    HTTPResponse response = new HTTPResponse(answer.status());
    for (Map.Entry<String, List<String>> header : answer.headers().entrySet()) {
      response.setHeader(header.getKey(), header.getValue().toArray(String[]::new));
    }
    response.setBody(answer.body());
    return response;
  }

  static Failure invalid(String what, ParseException cause) {
    return Failure.of(ErrorCode.UPSTREAM_INVALID, what + " is malformed", cause);
  }
}
