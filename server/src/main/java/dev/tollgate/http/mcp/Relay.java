package dev.tollgate.http.mcp;

import dev.tollgate.http.engine.Exchange;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Owned;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a request on to the node that has what it names, as it came: with its caller's own key, so
 * that the other node trusts this one with nothing, over connections on which the other proved that
 * it is that node. The answer goes back as it comes. Of one event loop.
 */
final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** Marks what was handed on, which goes no further. */
  private static final String HANDED_ON = "x-tollgate-handed-on";

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** Until the other end of a new connection has proved who it is. */
  private static final Duration PROVING = Duration.ofSeconds(5);

  /** Streams show every 15 s that they live. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** Where nodes prove who they are. */
  static final String PROOF = "/node/proof";

  private static final int CONNECTIONS = 256;

  /** Connections that may come up new while one is asked for: each is one less that can. */
  private static final int ATTEMPTS = CONNECTIONS;

  private static final int WAITING = 4_096;
  private static final int HEADER_BYTES = 64 * 1024;

  /** Of this connection (RFC 9110, 7.6.1), or checked here already. */
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect",
          "host",
          "origin",
          "content-length",
          "x-request-id");

  private final NodeAddresses nodes;
  private final Deadlines deadlines;
  private final Clock clock;
  private final HttpClientAgent client;
  private final @Nullable String certified;
  private final Context context;

  /** Connections whose other end proved to be a node; of this event loop alone. */
  private final IdentityHashMap<HttpConnection, UUID> proved = new IdentityHashMap<>();

  /**
   * That of an event loop; called on it.
   *
   * @param certified whom the nodes' certificates are for; null: for where each is reached
   */
  Relay(
      Vertx vertx,
      NodeAddresses nodes,
      @Nullable String certified,
      Deadlines deadlines,
      Clock clock) {
    this.nodes = nodes;
    this.certified = certified;
    this.deadlines = deadlines;
    this.clock = clock;
    this.context = vertx.getOrCreateContext();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setTcpNoDelay(true)
                .setConnectTimeout((int) CONNECT.toMillis())
                .setMaxHeaderSize(HEADER_BYTES),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
  }

  /** The other node that {@code named} is of; null: none is, or the request was handed on once. */
  @Nullable UUID owner(Exchange exchange, @Nullable String named) {
    Owned owned = named == null ? null : Owned.read(named);
    if (owned == null || owned.node().equals(nodes.own())) {
      return null;
    }
    return exchange.request().getHeader(HANDED_ON) == null ? owned.node() : null;
  }

  /**
   * Hands a request on. Where its node cannot be reached for now, the request fails and may be
   * tried again: nothing was done.
   *
   * @param gone runs where the node is no longer there, nor what it had
   */
  void send(Exchange exchange, UUID owner, Runnable gone) {
    nodes
        .of(owner)
        .onComplete(
            peer -> context.runOnContext(ignored -> begin(exchange, owner, peer, gone)),
            cause -> context.runOnContext(ignored -> unreached(exchange, owner, cause, gone)));
  }

  private static void unreached(Exchange exchange, UUID owner, Throwable cause, Runnable gone) {
    log.debug("node {} cannot be reached", owner, cause);
    if (isGone(cause)) {
      gone.run();
    } else {
      exchange.fail(
          Failure.of(
              ErrorCode.UNAVAILABLE,
              "the node that has this cannot be reached now, and did nothing; try again"));
    }
  }

  /** Nothing listens at its address, or another: a node that is merely slow is not gone. */
  private static boolean isGone(Throwable cause) {
    return cause instanceof NodeGone
        || (cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException));
  }

  /**
   * On the event loop: a request that is made elsewhere is another loop's, and its answer may be
   * over before this one listens.
   */
  private void begin(Exchange exchange, UUID owner, NodeAddresses.Peer peer, Runnable gone) {
    open(exchange, owner, peer, ATTEMPTS)
        .onComplete(
            opened -> new Passing(exchange).begin(opened),
            cause -> unreached(exchange, owner, cause, gone));
  }

  /** On a connection whose other end has proved to be the node: it sees the caller's key. */
  private Future<HttpClientRequest> open(
      Exchange exchange, UUID owner, NodeAddresses.Peer peer, int attempts) {
    return client
        .request(options(peer.url()))
        .compose(opened -> {
          if (owner.equals(proved.get(opened.connection()))) {
            return Future.succeededFuture(ours(exchange, opened));
          }
          return attempts == 0
              ? refused(opened, new IllegalStateException("too many connections are new"))
              : proof(opened, owner, peer)
                  .compose(done -> open(exchange, owner, peer, attempts - 1));
        });
  }

  private static HttpClientRequest ours(Exchange exchange, HttpClientRequest opened) {
    opened.setMethod(exchange.request().method()).setURI(exchange.request().uri());
    copy(exchange.request().headers(), opened.headers());
    opened.putHeader(HANDED_ON, "1").putHeader("x-request-id", exchange.requestId());
    return opened;
  }

  private static <T> Future<T> refused(HttpClientRequest opened, Throwable why) {
    opened.reset();
    return Future.failedFuture(why);
  }

  /** Has whoever is at the other end prove who it is, before anything of a caller is sent. */
  private Future<Void> proof(HttpClientRequest opened, UUID owner, NodeAddresses.Peer peer) {
    String challenge = NodeProof.challenge();
    HttpConnection connection = opened.connection();
    opened.exceptionHandler(known -> {});
    return opened
        .setMethod(HttpMethod.GET)
        .setURI(PROOF + "?challenge=" + challenge)
        .idleTimeout(PROVING.toMillis())
        .send()
        .compose(answer -> {
          String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
          if (answer.statusCode() == 200 && length != null && length.length() < 4) {
            return answer.body();
          }
          // A node that is starting, overloaded or on its way out is one all the same.
          return refused(
              opened,
              answer.statusCode() >= 500
                  ? new IllegalStateException("it answered " + answer.statusCode())
                  : new NodeGone("whoever is at its address is no node"));
        })
        .compose(answer -> {
          if (!NodeProof.proves(answer.toString(), owner, peer, challenge)) {
            connection.close();
            return Future.failedFuture(new NodeGone("another is at its address"));
          }
          proved.put(connection, owner);
          connection.closeHandler(gone -> context.runOnContext(_ -> proved.remove(connection)));
          return Future.succeededFuture();
        });
  }

  private RequestOptions options(URI url) {
    boolean tls = "https".equals(url.getScheme());
    RequestOptions options =
        new RequestOptions().setHost(url.getHost()).setPort(url.getPort()).setSsl(tls);
    if (tls && certified != null) {
      options
          .setServer(SocketAddress.inetSocketAddress(url.getPort(), url.getHost()))
          .setHost(certified);
    }
    return options;
  }

  private static void copy(MultiMap headers, MultiMap into) {
    for (Map.Entry<String, String> header : headers) {
      if (!own(header.getKey())) {
        into.add(header.getKey(), header.getValue());
      }
    }
  }

  private static boolean own(String header) {
    return OWN.contains(header.toLowerCase(Locale.ROOT));
  }

  /** One request on its way, and its answer. */
  private final class Passing {

    private final Exchange exchange;
    private final HttpServerResponse response;
    private @Nullable HttpClientRequest request;
    private @Nullable Deadline silence;
    private boolean over;

    Passing(Exchange exchange) {
      this.exchange = exchange;
      this.response = exchange.response();
    }

    void begin(HttpClientRequest opened) {
      request = opened;
      opened.exceptionHandler(cause -> broken());
      if (response.closed()) {
        cut();
        return;
      }
      response.closeHandler(ignored -> cut());
      silence = deadlines.arm(until(), this::broken);
      byte[] body = exchange.body();
      (body.length == 0 ? opened.send() : opened.send(Buffer.buffer(body)))
          .onComplete(this::answered, cause -> broken());
    }

    private long until() {
      return clock.nanoTime() + SILENCE.toNanos();
    }

    private void answered(HttpClientResponse answer) {
      if (over) {
        return;
      }
      response.setStatusCode(answer.statusCode());
      String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
      for (Map.Entry<String, String> header : answer.headers()) {
        if (!own(header.getKey())) {
          response.headers().add(header.getKey(), header.getValue());
        }
      }
      response.putHeader("x-request-id", exchange.requestId());
      if (length != null) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
      } else if (exchange.request().version() != HttpVersion.HTTP_2) {
        response.setChunked(true);
      }
      response.writeHead();
      answer.exceptionHandler(cause -> broken());
      answer.endHandler(ended -> ended());
      answer.handler(chunk -> pass(answer, chunk));
    }

    private void pass(HttpClientResponse answer, Buffer chunk) {
      if (over) {
        return;
      }
      alive();
      response.write(chunk);
      if (response.writeQueueFull()) {
        answer.pause();
        response.drainHandler(ignored -> {
          alive();
          answer.resume();
        });
      }
    }

    private void alive() {
      if (silence != null) {
        silence.move(until());
      }
    }

    private void ended() {
      if (end()) {
        response.end();
      }
    }

    /** The client is gone: the other node sees what this one would have. */
    private void cut() {
      if (end() && request != null) {
        request.reset();
      }
    }

    /** The other node ended in between: it may have done what it was asked. */
    private void broken() {
      if (end()) {
        if (request != null) {
          request.reset();
        }
        exchange.fail(
            Failure.of(
                ErrorCode.UPSTREAM_INVALID,
                "the node that has the session ended meanwhile; it may have done what it was"
                    + " asked"));
      }
    }

    private boolean end() {
      if (over) {
        return false;
      }
      over = true;
      if (silence != null) {
        silence.disarm();
      }
      return true;
    }
  }
}
