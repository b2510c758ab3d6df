package dev.tollgate.simulator;

import dev.tollgate.simulator.Meter.End;
import dev.tollgate.simulator.Reply.Ending;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** Sends one reply: head, parts in their time, and the end as it is to be. */
final class Player {

  private static final long MILLISECOND = 1_000;

  private final Vertx vertx;
  private final Exchange exchange;
  private final Meter meter;
  private final Reply reply;
  private int next;
  private long debt;

  Player(Vertx vertx, Exchange exchange, Meter meter, Reply reply) {
    this.vertx = vertx;
    this.exchange = exchange;
    this.meter = meter;
    this.reply = reply;
  }

  void play() {
    after(reply.firstByte(), this::head);
  }

  private void after(long micros, Runnable action) {
    if (micros < MILLISECOND) {
      action.run();
    } else {
      long timer = vertx.setTimer(micros / MILLISECOND, _ -> action.run());
      exchange.onGone(() -> vertx.cancelTimer(timer));
    }
  }

  private void head() {
    HttpServerResponse response = exchange.response();
    response.setStatusCode(reply.status());
    reply.headers().forEach(response::putHeader);
    response.putHeader(exchange.dialect().requestIdHeader(), exchange.requestId());
    if (reply.contentLength() >= 0) {
      response.putHeader("content-length", Long.toString(reply.contentLength()));
    } else {
      response.setChunked(true);
    }
    if (reply.step() == 0) {
      finish(joined());
    } else {
      continueParts();
    }
  }

  private Buffer joined() {
    if (reply.parts().size() == 1) {
      return reply.parts().getFirst();
    }
    Buffer all = Buffer.buffer();
    reply.parts().forEach(all::appendBuffer);
    return all;
  }

  /** Writes parts until the time between them amounts to something that a timer can wait for. */
  private void continueParts() {
    HttpServerResponse response = exchange.response();
    while (!exchange.over() && next < reply.parts().size()) {
      response.write(reply.parts().get(next++));
      debt += reply.step();
      if (response.writeQueueFull()) {
        response.drainHandler(_ -> continueParts());
        return;
      }
      if (debt >= MILLISECOND) {
        long wait = debt;
        debt %= MILLISECOND;
        after(wait, this::continueParts);
        return;
      }
    }
    if (!exchange.over()) {
      finish(Buffer.buffer());
    }
  }

  private void finish(Buffer rest) {
    HttpServerResponse response = exchange.response();
    if (reply.ending() == Ending.NORMAL) {
      // Before the last part, so that who has the answer finds it counted.
      report();
      response.end(rest).onSuccess(_ -> exchange.end(End.COMPLETED));
      return;
    }
    written(response, rest).onComplete(_ -> cut());
  }

  private static Future<Void> written(HttpServerResponse response, Buffer rest) {
    if (rest.length() > 0) {
      return response.write(rest);
    }
    return response.headWritten() ? Future.succeededFuture() : response.writeHead();
  }

  private void report() {
    if (reply.answer() != null) {
      meter.reported(reply.answer().model(), reply.answer().counts());
    }
  }

  private void cut() {
    exchange.end(End.CUT);
    if (exchange.request().version() == HttpVersion.HTTP_2) {
      exchange.response().reset();
      return;
    }
    HttpConnection connection = exchange.request().connection();
    if (reply.ending() == Ending.RESET) {
      // Closing with no time to linger makes the kernel send RST instead of FIN.
      ((ConnectionBase) connection).channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    connection.close();
  }
}
