package dev.tollgate.spend;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is learned of one model. Its lock guards all but the factors, which are published whole. */
final class LearnedModel {

  /** Text of fewer bytes is mostly envelope and additions of the provider. */
  private static final long LEAST_BYTES = 1_024;

  private final Map<LearnedClass, Evidence> evidence = new EnumMap<>(LearnedClass.class);
  private volatile Factors factors = Factors.PROVEN;

  LearnedModel() {
    for (LearnedClass of : LearnedClass.values()) {
      evidence.put(of, new Evidence(of));
    }
  }

  Factors factors() {
    return factors;
  }

  /**
   * Takes a report as evidence of each class that is three quarters of the text. All of the tokens
   * are set against the bytes of that class alone, additions of the provider included: never too
   * few.
   */
  synchronized void observe(CallShape.Input input, long tokens) {
    for (LearnedClass of : LearnedClass.values()) {
      long bytes = of.bytes(input.classes());
      if (bytes >= LEAST_BYTES && 4 * bytes >= 3 * input.textBytes()) {
        evidence(of).observe(tokens, bytes);
      }
    }
  }

  /**
   * A prompt had more tokens than its bound: resets every class that can have caused it alone, or,
   * if none can, all that took part.
   *
   * @return what was reset
   */
  synchronized Set<LearnedClass> exceeded(
      Capabilities.Limits limits, CallShape shape, long tokens) {
    Set<LearnedClass> present = EnumSet.noneOf(LearnedClass.class);
    Set<LearnedClass> alone = EnumSet.noneOf(LearnedClass.class);
    Factors before = factors;
    for (LearnedClass of : LearnedClass.values()) {
      if (before.part(of) < Factors.UNIT && of.bytes(shape.input().classes()) > 0) {
        present.add(of);
        if (Estimator.visibleTokens(limits, before.without(of), shape) >= tokens) {
          alone.add(of);
        }
      }
    }
    Set<LearnedClass> resets = alone.isEmpty() ? present : alone;
    resets.forEach(of -> evidence(of).reset());
    publish();
    return resets;
  }

  synchronized List<Evidence.Gleaned> glean() {
    List<Evidence.Gleaned> all = new ArrayList<>();
    for (Evidence one : evidence.values()) {
      Evidence.Gleaned gleaned = one.glean();
      if (gleaned != null) {
        all.add(gleaned);
      }
    }
    return all;
  }

  /** Counts what was seen here at once. */
  synchronized void confirmFresh() {
    evidence.values().forEach(Evidence::confirmFresh);
    publish();
  }

  /** Takes over what the database has of one class. */
  synchronized void confirm(LearnedClass of, long resets, List<Long> reports) {
    evidence(of).confirm(resets, reports);
    publish();
  }

  private void publish() {
    int[] parts = new int[LearnedClass.COUNT];
    evidence.forEach((of, one) -> parts[of.slot()] = one.part());
    factors = Factors.of(parts);
  }

  private Evidence evidence(LearnedClass of) {
    Evidence one = evidence.get(of);
    if (one == null) {
      throw new IllegalStateException("no evidence of " + of);
    }
    return one;
  }
}
