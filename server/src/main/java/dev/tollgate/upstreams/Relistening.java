package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Message;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A legacy client listens to what belongs to no call, in whichever era its server speaks, and again
 * when the session that it listened to is over. Lives on its event loop.
 */
final class Relistening extends Successive implements Hearing {

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final UpstreamLoop loop;
  private final Target target;
  private final Client client;
  private final String affinity;
  private final Set<String> uris;
  private final Hearing hearing;

  private Listeners.@Nullable Place place;
  private @Nullable Loan loan;
  private @Nullable Deadline again;
  private int failures;

  Relistening(
      UpstreamLoop loop,
      Target target,
      Client client,
      String affinity,
      Set<String> uris,
      Hearing hearing) {
    this.loop = loop;
    this.target = target;
    this.client = client;
    this.affinity = affinity;
    this.uris = uris;
    this.hearing = hearing;
  }

  Relistening begin() {
    again = null;
    if (place == null) {
      place = loop.upstreams().listeners().enter(target, affinity);
    }
    if (place == null) {
      lost();
    } else if (!cancelled()) {
      loop.era(target, client, affinity).onComplete(this::listen, failure -> lost());
    }
    return this;
  }

  private void listen(Era era) {
    if (era == Era.MODERN) {
      under(new ModernListening(loop, target, client, uris, this).open());
    } else {
      loop.take(target, client, affinity).onComplete(this::listen, failure -> lost());
    }
  }

  private void listen(Sessions.Taken taken) {
    if (cancelled()) {
      taken.end();
      return;
    }
    loan = taken;
    under(
        target.stateless()
            ? taken.hearing().join(loop, uris, this)
            : taken.session().listen(loop, this));
  }

  @Override
  public void heard(Message.Notification notification) {
    failures = 0;
    hearing.heard(notification);
  }

  @Override
  public void asked(Question question) {
    hearing.asked(question);
  }

  @Override
  public void lost() {
    giveBack();
    if (again == null && !cancelled()) {
      long wait = SHORTEST.toNanos() << Math.min(failures++, 6);
      again = loop.deadlines().arm(loop.clock().nanoTime() + wait, this::begin);
    }
  }

  private void giveBack() {
    if (loan != null) {
      loan.end();
      loan = null;
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    if (again != null) {
      again.disarm();
    }
    if (place != null) {
      place.leave();
    }
    giveBack();
  }
}
