package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import io.vertx.core.Future;

/**
 * A subscription that has a place among those that may be open at once. As long as its client
 * likes, so it says nothing of how calls go. Lives on its event loop.
 */
final class BoundedListening extends Successive implements Listener {

  private final Listener listener;
  private final Listeners.Place place;

  private BoundedListening(Listener listener, Listeners.Place place) {
    this.listener = listener;
    this.place = place;
  }

  static Ongoing begin(UpstreamLoop loop, Target target, Invocation invocation, Listener listener) {
    Listeners.Place place = loop.upstreams().listeners().enter(target, invocation.affinity());
    if (place == null) {
      listener.answered(new Answer.Failed(Listeners.full(target)));
      return Ongoing.OVER;
    }
    BoundedListening begun = new BoundedListening(listener, place);
    begun.under(new Call(loop, target, invocation, begun).start());
    return begun;
  }

  @Override
  public void notified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  public void asked(Question question) {
    listener.asked(question);
  }

  @Override
  public void goesOn(Future<Answer> end) {
    listener.goesOn(end);
  }

  @Override
  public void answered(Answer answer) {
    place.leave();
    listener.answered(answer);
  }

  @Override
  public void cancel() {
    place.leave();
    super.cancel();
  }
}
