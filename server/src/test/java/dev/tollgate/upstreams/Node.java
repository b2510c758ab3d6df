package dev.tollgate.upstreams;

import dev.tollgate.egress.AddressRange;
import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.Seal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The room on event loops of its own, and callers of it. */
final class Node implements AutoCloseable {

  static final UUID CONNECTOR = UUID.randomUUID();
  static final UUID OWNER = UUID.randomUUID();

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Upstreams upstreams;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final Egress egress = Egress.open(List.of(AddressRange.parse("127.0.0.0/8")));
  private final Context context = vertx.getOrCreateContext();
  private final Deadlines deadlines = new Deadlines();
  private final UpstreamLoop loop;

  Node(UpstreamsConfig config) {
    this(config, Clock.system());
  }

  Node(UpstreamsConfig config, Clock clock) {
    upstreams =
        Upstreams.open(
            config, Seal.ofThisProcess(), egress, UUID.randomUUID(), "test", registry, clock);
    loop =
        on(() -> {
          vertx.setPeriodic(10, ignored -> deadlines.sweep(clock.nanoTime()));
          return upstreams.on(vertx, deadlines);
        });
  }

  private interface Work<T> {
    T run();
  }

  /** Runs on the event loop. */
  private <T> T on(Work<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(ignored -> {
      try {
        done.complete(work.run());
      } catch (RuntimeException | Error failed) {
        done.completeExceptionally(failed);
      }
    });
    return done.join();
  }

  static Target target(URI url) {
    return target(url, 1, Authority.NONE);
  }

  static Target target(URI url, long credentialVersion, Authority authority) {
    return target(url, "credential", credentialVersion, authority);
  }

  static Target target(URI url, String identity, long credentialVersion, Authority authority) {
    return new Target(
        CONNECTOR,
        "tested",
        "custom",
        1,
        OWNER,
        new Endpoint.Http(url),
        identity,
        credentialVersion,
        authority,
        true,
        new Patience(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60)));
  }

  /** A server over HTTP+SSE. */
  static Target single(URI url, boolean stateless) {
    return single(new Endpoint.Sse(url), stateless);
  }

  /** A server over a single stream. */
  static Target single(Endpoint endpoint, boolean stateless) {
    return new Target(
        CONNECTOR,
        "tested",
        "custom",
        1,
        OWNER,
        endpoint,
        "credential",
        1,
        Authority.NONE,
        stateless,
        new Patience(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60)));
  }

  /** The same of another owner, or one whose sessions are its callers' own. */
  static Target target(Target of, UUID owner, boolean stateless) {
    return new Target(
        of.connector(),
        of.name(),
        of.provider(),
        of.revision(),
        owner,
        of.endpoint(),
        of.identity(),
        of.credentialVersion(),
        of.authority(),
        stateless,
        of.patience());
  }

  static Authority bearer(String token) {
    return () -> Future.succeededFuture(Map.of("authorization", "Bearer " + token));
  }

  /** A call, and what was heard of it. */
  static class Called implements Listener {
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    final List<Message.Notification> notified = new CopyOnWriteArrayList<>();
    final List<Question> asked = new CopyOnWriteArrayList<>();
    final AtomicReference<@Nullable Ongoing> ongoing = new AtomicReference<>();

    @Override
    public void notified(Message.Notification notification) {
      notified.add(notification);
    }

    @Override
    public void asked(Question question) {
      asked.add(question);
    }

    @Override
    public void answered(Answer given) {
      answer.complete(given);
    }

    Answer await() {
      try {
        return answer.get(60, TimeUnit.SECONDS);
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("no answer", e);
      } catch (java.util.concurrent.ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }

    Raw result() {
      return switch (await()) {
        case Answer.Result(Raw result) -> result;
        case Answer.Fault(Raw error) -> throw new AssertionError(error.json());
        case Answer.Failed failed -> throw new AssertionError(failed.failure());
      };
    }
  }

  static Client client() {
    return new Client(Revision.NEWEST_LEGACY, Raw.of("{\"elicitation\":{}}"), null);
  }

  Called call(Target target, String tool) {
    return call(target, tool, null);
  }

  Called call(Target target, String tool, @Nullable String level) {
    return call(target, tool, level, UUID.randomUUID().toString());
  }

  /** A call of the client that has this affinity. */
  Called call(Target target, String tool, @Nullable String level, String affinity) {
    return send(target, invocation(tool, level, affinity));
  }

  private static Invocation invocation(String tool, @Nullable String level, String affinity) {
    return new Invocation(
        client(),
        Method.TOOLS_CALL,
        Raw.of("{\"name\":\"" + tool + "\",\"arguments\":{}}"),
        level,
        affinity,
        Map.of());
  }

  Called send(Target target, Invocation invocation) {
    return send(target, invocation, new Called());
  }

  /** A call that takes nothing more once it has heard anything. */
  Called callThatPauses(Target target, String tool) {
    Called called =
        new Called() {
          @Override
          public void notified(Message.Notification notification) {
            super.notified(notification);
            Ongoing itself = ongoing.get();
            if (notified.size() == 1 && itself != null) {
              itself.pause();
            }
          }
        };
    return send(target, invocation(tool, null, UUID.randomUUID().toString()), called);
  }

  private Called send(Target target, Invocation invocation, Called called) {
    context.runOnContext(ignored -> called.ongoing.set(loop.call(target, invocation, called)));
    return called;
  }

  void cancel(Called called) {
    with(called, Ongoing::cancel);
  }

  void pause(Called called) {
    with(called, Ongoing::pause);
  }

  void resume(Called called) {
    with(called, Ongoing::resume);
  }

  private void with(Called called, Consumer<Ongoing> action) {
    on(() -> {
      Ongoing ongoing = called.ongoing.get();
      if (ongoing != null) {
        action.accept(ongoing);
      }
      return called;
    });
  }

  Ongoing listen(Target target, Set<String> uris, Hearing hearing) {
    return on(() -> loop.listen(target, client(), UUID.randomUUID().toString(), uris, hearing));
  }

  void end(Ongoing ongoing) {
    on(() -> {
      ongoing.cancel();
      return ongoing;
    });
  }

  /** Waits that are armed on the event loop. */
  int waits() {
    return on(deadlines::size);
  }

  double count(String meter) {
    return registry.get(meter).counters().stream().mapToDouble(each -> each.count()).sum();
  }

  void drain() {
    upstreams.drain().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    upstreams.drain();
    upstreams.close();
    vertx.close().await();
    egress.close();
  }
}
