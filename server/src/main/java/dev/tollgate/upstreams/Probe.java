package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.ServerFace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether it is modern: by {@code server/discover}, which only a modern one knows and
 * which changes nothing. Whatever is not recognized as modern is not (MCP 2026-07-28, Streamable
 * HTTP, Backward Compatibility).
 */
final class Probe {

  /** What a server is. */
  sealed interface Verdict {
    /**
     * A modern one.
     *
     * @param alsoLegacy whether it said that it speaks the other era too
     */
    record Modern(ServerFace face, boolean alsoLegacy) implements Verdict {}

    record NotModern() implements Verdict {}

    /** It failed at the question: it may be of either era. */
    record Unsure() implements Verdict {}
  }

  private final Promise<Verdict> verdict = Promise.promise();

  private Probe() {}

  /** Fails where the server says nothing about its era: out of reach, or it wants a credential. */
  static Future<Verdict> of(UpstreamLoop loop, Target target, URI url, Client client) {
    Probe probe = new Probe();
    Client modern =
        new Client(Revision.MODERN, client.capabilities(), loop.introducing(client.info()));
    Invocation discover = new Invocation(modern, Method.DISCOVER, null, null, "", Map.of());
    new ModernCall(loop, target, url, discover, probe.new Hearing()) {
      @Override
      public void refused(int status, MultiMap headers, byte[] body) {
        if (!probe.told(status, body)) {
          finish(refusal(status));
        }
      }
    }.start();
    return probe.verdict.future();
  }

  /** Whether a refusal tells the era. */
  private boolean told(int status, byte[] body) {
    RpcCode code = RpcCode.of(body);
    if (code != null && code.number() == RpcError.UNSUPPORTED_VERSION) {
      unsupported();
      return true;
    }
    if (status == 401 || status == 403 || status == 429 || status >= 502) {
      return false;
    }
    if (status >= 500 || (code != null && code.number() == RpcError.INTERNAL_ERROR)) {
      verdict.tryComplete(new Verdict.Unsure());
      return true;
    }
    verdict.tryComplete(new Verdict.NotModern());
    return true;
  }

  /** Modern, but of other revisions only: where it has older ones, those serve. */
  private void unsupported() {
    verdict.tryComplete(new Verdict.NotModern());
  }

  private record RpcCode(long number) {
    static @Nullable RpcCode of(byte[] body) {
      try {
        return Message.read(body) instanceof Message.Fault fault ? ofError(fault.error()) : null;
      } catch (RpcError noMessage) {
        // Then it has no code either.
        return null;
      }
    }

    static @Nullable RpcCode ofError(Raw error) {
      Raw code = Members.of(error).get("code");
      Long number = code == null ? null : code.whole();
      return number == null ? null : new RpcCode(number);
    }

    /** Whether it is of those that servers may define (JSON-RPC 2.0, section 5.1). */
    boolean ofServer() {
      return number >= -32_099 && number <= -32_000;
    }
  }

  /** Hears the answer, in whichever form. */
  private final class Hearing implements Listener {
    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void answered(Answer answer) {
      switch (answer) {
        case Answer.Result result -> verdict.tryComplete(read(result.result()));
        case Answer.Fault fault -> verdict.tryComplete(read(RpcCode.ofError(fault.error())));
        case Answer.Failed failed -> verdict.tryFail(failed.failure());
      }
    }
  }

  /** An error of the server's own, other than that it does not know the method. */
  private static Verdict read(@Nullable RpcCode code) {
    return code != null && (code.number() == RpcError.INTERNAL_ERROR || code.ofServer())
        ? new Verdict.Unsure()
        : new Verdict.NotModern();
  }

  private static Verdict read(Raw result) {
    Members members = Members.of(result);
    var versions = Elements.of(members.get("supportedVersions"));
    if (versions.stream().noneMatch(each -> Revision.MODERN.wire().equals(each.string()))) {
      return new Verdict.NotModern();
    }
    boolean legacy =
        versions.stream()
            .map(each -> Revision.of(each.string()))
            .filter(Objects::nonNull)
            .anyMatch(each -> each != Revision.MODERN);
    return new Verdict.Modern(ServerFace.ofDiscover(result), legacy);
  }

  /** Why nothing can be spoken with a server. */
  static Failure noEra(Target target) {
    return Failure.of(
        ErrorCode.UPSTREAM_INVALID,
        "connector " + target.name() + " speaks no revision of MCP that is known here");
  }
}
