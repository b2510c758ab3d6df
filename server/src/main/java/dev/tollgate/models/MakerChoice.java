package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.objects.Maker;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which provider and which of its keys a call must go to, by what it names: the one that made all
 * of it. An id that was not given out to the organization is refused in the same words, whether it
 * is another's or nobody's.
 */
final class MakerChoice {

  private final Map<String, Set<Maker>> makers;
  private final Predicate<Maker> usable;

  /**
   * @param makers of each id that is the organization's
   * @param usable whether the organization still goes there with that key
   */
  MakerChoice(Map<String, Set<Maker>> makers, Predicate<Maker> usable) {
    this.makers = makers;
    this.usable = usable;
  }

  /** Of everything in {@code named}, which is not empty. */
  Maker of(List<NamedObject> named) {
    Set<Maker> common = null;
    NamedObject first = named.getFirst();
    for (NamedObject object : named) {
      Set<Maker> made = made(object);
      Set<Maker> both = new HashSet<>(made);
      if (common != null) {
        both.retainAll(common);
      }
      if (both.isEmpty()) {
        throw Failure.invalid(
            object.field(),
            object.field()
                + " names something that was made with another key of the provider than what "
                + first.field()
                + " names; they cannot be used together");
      }
      common = both;
    }
    return still(first, common == null ? Set.of() : common);
  }

  private Set<Maker> made(NamedObject object) {
    Set<Maker> made = makers.get(object.id());
    if (made == null || made.isEmpty()) {
      throw Failure.invalid(
          object.field(),
          object.field()
              + " names "
              + object.id()
              + ", which no answer through this gateway gave to this organization in the last 30"
              + " days; leave it out, and send what it stands for");
    }
    return made;
  }

  private Maker still(NamedObject object, Set<Maker> common) {
    for (Maker maker : common) {
      if (usable.test(maker)) {
        return maker;
      }
    }
    throw Failure.invalid(
        object.field(),
        object.field()
            + " names "
            + object.id()
            + ", and the provider's key that made it is no longer configured here; leave it out,"
            + " and send what it stands for");
  }
}
