package dev.tollgate.upstreams;

/** A call under way, on the event loop that made it. */
public interface Ongoing {

  /** One that is over before it began. */
  Ongoing OVER =
      new Ongoing() {
        @Override
        public void cancel() {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}
      };

  /** Nobody waits for it any more: the server is told, the listener is not. */
  void cancel();

  /** The caller cannot take more for now. */
  void pause();

  void resume();

  /** The caller is back: if the server's stream is to be opened again, let it be now. */
  default void hurry() {}
}
