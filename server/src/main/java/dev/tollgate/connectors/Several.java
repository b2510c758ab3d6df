package dev.tollgate.connectors;

import dev.tollgate.upstreams.Ongoing;
import java.util.ArrayList;
import java.util.List;

/** Several calls, held and ended together. Lives on one event loop. */
final class Several implements Ongoing {

  private final List<Ongoing> calls = new ArrayList<>();

  void add(Ongoing call) {
    calls.add(call);
  }

  @Override
  public void cancel() {
    calls.forEach(Ongoing::cancel);
  }

  @Override
  public void pause() {
    calls.forEach(Ongoing::pause);
  }

  @Override
  public void resume() {
    calls.forEach(Ongoing::resume);
  }
}
