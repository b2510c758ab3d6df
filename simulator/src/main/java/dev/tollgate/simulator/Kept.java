package dev.tollgate.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * One behaviour's answers, kept ready where equal requests get equal answers: a benchmark's path.
 *
 * <p>At most 256; whatever comes later is made anew each time.
 */
final class Kept {

  private static final int MOST = 256;

  private final Behaviour behaviour;
  private final boolean steady;
  private final Map<Glance, Reply> replies = new ConcurrentHashMap<>();

  Kept(Behaviour behaviour) {
    this.behaviour = behaviour;
    this.steady = behaviour.steady();
  }

  Behaviour behaviour() {
    return behaviour;
  }

  boolean steady() {
    return steady;
  }

  Reply reply(Glance glance, Supplier<Reply> maker) {
    Reply ready = replies.get(glance);
    if (ready != null) {
      return ready;
    }
    Reply made = maker.get();
    if (replies.size() < MOST) {
      replies.put(glance, made);
    }
    return made;
  }
}
