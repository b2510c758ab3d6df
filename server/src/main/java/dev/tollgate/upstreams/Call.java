package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Owned;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.util.Set;

/**
 * One call from the choice of the era to its beginning in it. Lives on its event loop.
 *
 * <pre>
 * caller    server    what is between
 * modern    modern    the state that a client brings back is sealed
 * modern    legacy    {@link Parked}, {@link LegacyCalling}
 * legacy    modern    {@link Rounds}
 * legacy    legacy    {@link LegacyCalling}
 * </pre>
 */
final class Call extends Successive {

  private static final Set<String> LOCAL =
      Set.of(Method.SET_LEVEL, Method.SUBSCRIBE, Method.UNSUBSCRIBE);

  private final UpstreamLoop loop;
  private final Target target;
  private final Invocation invocation;
  private final Listener listener;

  Call(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    this.loop = loop;
    this.target = target;
    this.invocation = invocation;
    this.listener = listener;
  }

  Call start() {
    loop.era(target, invocation.client(), invocation.affinity())
        .onComplete(this::begin, this::failed);
    return this;
  }

  private void begin(Era era) {
    try {
      beginIn(era);
    } catch (RpcError malformed) {
      listener.answered(new Answer.Fault(malformed.error()));
    }
  }

  private void beginIn(Era era) {
    if (cancelled()) {
      return;
    }
    if (invocation.client().revision().era() == Era.MODERN) {
      beginModern(era);
    } else if (target.stateless() && invocation.method().equals(Method.UNSUBSCRIBE)) {
      // Others may want it still: it ends with the last who listens for it.
      listener.answered(new Answer.Result(Raw.EMPTY_OBJECT));
    } else if (era == Era.LEGACY) {
      under(new LegacyCalling(loop, target, invocation, listener).start());
    } else if (LOCAL.contains(invocation.method())) {
      // Each request or stream says it in that era; whoever serves the session keeps it.
      listener.answered(new Answer.Result(Raw.EMPTY_OBJECT));
    } else {
      under(new LegacyCaller(loop, target, invocation, listener).start());
    }
  }

  private void beginModern(Era era) {
    String state = InputRequired.state(invocation.params());
    String opened = state == null ? null : loop.seal().open(sealed(state), context());
    if (state != null && (opened == null || !resumable(opened, era))) {
      listener.answered(over());
      return;
    }
    switch (era) {
      case MODERN -> {
        Invocation own =
            opened == null
                ? invocation
                : invocation.with(
                    InputRequired.withOwnState(invocation.params(), opened.substring(1)));
        under(loop.modern(target, own, new SealedStates(loop.seal(), context(), listener)));
      }
      case LEGACY -> {
        if (invocation.method().equals(Method.LISTEN)) {
          under(new Subscription(loop, target, invocation, listener).start());
          return;
        }
        Parked parked = opened == null ? null : loop.parking().find(opened);
        if (parked != null) {
          if (parked.resume(loop, InputRequired.responses(invocation.params()), listener)) {
            under(parked);
          } else {
            listener.answered(over());
          }
        } else {
          Parked fresh = new Parked(loop.parking(), loop, invocation, context(), listener);
          under(fresh);
          fresh.begun(new LegacyCalling(loop, target, invocation, fresh).start());
        }
      }
    }
  }

  private static Answer over() {
    return new Answer.Fault(
        RpcError.of(
                RpcError.INVALID_PARAMS,
                "requestState is over, or was handed out for another request")
            .error());
  }

  /** What is sealed of a state that may name a node. */
  private static String sealed(String state) {
    Owned owned = Owned.read(state);
    return owned == null ? state : owned.name();
  }

  private boolean resumable(String opened, Era era) {
    return Parking.isName(opened)
        ? era == Era.LEGACY && loop.parking().find(opened) != null
        : era == Era.MODERN;
  }

  /** What a state is bound to: the caller, the server, and what is called. */
  private String context() {
    Members params = Members.orNone(invocation.params());
    return invocation.affinity()
        + "\n"
        + target.key()
        + "\n"
        + invocation.method()
        + "\n"
        + params.string("name")
        + "\n"
        + params.string("uri");
  }

  private void failed(Throwable cause) {
    if (!cancelled()) {
      listener.answered(new Answer.Failed(asFailure(target, cause)));
    }
  }

  static Failure asFailure(Target target, Throwable cause) {
    return cause instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "connector " + target.name() + " could not be spoken with: " + cause.getMessage(),
            cause);
  }
}
