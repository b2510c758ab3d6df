package dev.tollgate.spend;

import java.util.List;

/** Whether a request that was meant for one model can be served by another. */
public sealed interface Fit {

  /** It can, after these changes; mostly none. */
  record Fits(List<Rewrite> rewrites) implements Fit {

    public Fits {
      rewrites = List.copyOf(rewrites);
    }
  }

  /** It cannot; {@code reason} is a phrase for the caller, such as "it takes no images". */
  record Misfit(String reason) implements Fit {}

  /**
   * Holds a request, by its shape alone, against what {@code to} can do.
   *
   * @param dialect the wire format that the request is in
   * @param from the model that the request was written for
   */
  static Fit between(String dialect, ModelEntry from, ModelEntry to, CallShape shape) {
    String obstacle = new Obstacles(dialect, from, to, shape).first();
    return obstacle != null
        ? new Misfit(obstacle)
        : new Fits(new Rewrites(dialect, from, to, shape).all());
  }
}
