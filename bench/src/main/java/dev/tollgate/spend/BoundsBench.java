package dev.tollgate.spend;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether learned bounds hold, and how much tighter than a token a byte they are: requests of many
 * kinds of text, counted by real vocabularies (o200k, cl100k).
 *
 * <p>Arguments: any number of {@code kind=path}; a path is a file or a directory of text. Half of
 * each kind's text teaches, the other half is held out.
 */
public final class BoundsBench {

  private static final int REQUESTS = 400;
  private static final int SHARING = 50;

  private BoundsBench() {}

  /** Samples of one kind: to learn from, and held out. */
  private record Samples(List<LearnedText.Sample> taught, List<LearnedText.Sample> heldOut) {}

  public static void main(String[] arguments) throws Exception {
    Map<String, TextKind> ordinary = new TreeMap<>(TextKind.ordinary(new Random(11)));
    for (String argument : arguments) {
      int at = argument.indexOf('=');
      TextKind kind = TextKind.of(Path.of(argument.substring(at + 1)));
      ordinary.put(argument.substring(0, at), kind);
      if (kind.taught().chars().filter(c -> c > 127).count() > kind.taught().length() / 2) {
        ordinary.put(argument.substring(0, at) + "-escaped", kind.inEscapes());
      }
    }
    Map<String, TextKind> odd = new TreeMap<>(TextKind.odd(new Random(12)));
    for (EncodingType type : List.of(EncodingType.O200K_BASE, EncodingType.CL100K_BASE)) {
      Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
      Map<String, Samples> taught = samples(encoding, ordinary);
      seen(type, taught);
      unseen(type, taught, samples(encoding, odd));
    }
  }

  private static Map<String, Samples> samples(Encoding encoding, Map<String, TextKind> kinds) {
    Map<String, Samples> samples = new TreeMap<>();
    Random random = new Random(1);
    kinds.forEach((name, kind) ->
        samples.put(
            name,
            new Samples(
                samples(encoding, kind, random, false), samples(encoding, kind, random, true))));
    return samples;
  }

  private static List<LearnedText.Sample> samples(
      Encoding encoding, TextKind kind, Random random, boolean held) {
    List<LearnedText.Sample> samples = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      samples.add(LearnedText.sample(encoding, kind.request(random, held)));
    }
    return samples;
  }

  /** Every kind but {@code except} is taught. */
  private static LearnedText learned(Map<String, Samples> kinds, @Nullable String except) {
    LearnedText learned = new LearnedText();
    for (int i = 0; i < REQUESTS; i++) {
      for (Map.Entry<String, Samples> kind : kinds.entrySet()) {
        if (!kind.getKey().equals(except)) {
          learned.teach(kind.getValue().taught().get(i));
        }
      }
      if (i % SHARING == 0) {
        learned.share();
      }
    }
    learned.share();
    return learned;
  }

  /** Every kind is taught; what was held out of it is measured. */
  private static void seen(EncodingType type, Map<String, Samples> kinds) {
    LearnedText learned = learned(kinds, null);
    System.out.printf(
        Locale.ROOT,
        "%n%s, every kind taught: %s%n%-18s %9s %12s %12s %9s %9s%n",
        type.getName(),
        learned.factors(),
        "kind",
        "requests",
        "proven/true",
        "learned/true",
        "hold x",
        "above");
    Tally all = new Tally();
    kinds.forEach((name, kind) -> {
      Tally tally = new Tally();
      kind.heldOut().forEach(sample -> tally.add(learned.measure(sample)));
      all.add(tally);
      System.out.println(tally.line(name));
    });
    System.out.println(all.line("all"));
  }

  /** One kind that nobody was taught of comes, and teaches. */
  private static void unseen(
      EncodingType type, Map<String, Samples> ordinary, Map<String, Samples> odd) {
    System.out.printf(
        Locale.ROOT,
        "%n%s, one kind not taught%n%-18s %9s %9s %12s %14s%n",
        type.getName(),
        "kind",
        "requests",
        "above",
        "last above",
        "worst, x bound");
    ordinary.forEach((name, kind) -> stranger(name, kind, learned(ordinary, name)));
    odd.forEach((name, kind) -> stranger(name, kind, learned(ordinary, null)));
  }

  private static void stranger(String name, Samples kind, LearnedText learned) {
    int above = 0;
    int last = 0;
    double worst = 0;
    for (int i = 0; i < kind.heldOut().size(); i++) {
      LearnedText.Sample sample = kind.heldOut().get(i);
      LearnedText.Measured measured = learned.measure(sample);
      worst = Math.max(worst, measured.tokens() / (double) measured.learned());
      if (measured.above()) {
        above++;
        last = i + 1;
      }
      learned.teach(sample);
      if (i % SHARING == 0) {
        learned.share();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-18s %9d %9d %12d %14.2f%n",
        name,
        kind.heldOut().size(),
        above,
        last,
        worst);
  }

  /** What was measured of one kind. */
  private static final class Tally {
    private final List<LearnedText.Measured> all = new ArrayList<>();

    void add(LearnedText.Measured one) {
      all.add(one);
    }

    void add(Tally other) {
      all.addAll(other.all);
    }

    String line(String name) {
      long above = all.stream().filter(LearnedText.Measured::above).count();
      long proven = all.stream().mapToLong(LearnedText.Measured::proven).sum();
      long learned = all.stream().mapToLong(LearnedText.Measured::learned).sum();
      long tokens = all.stream().mapToLong(LearnedText.Measured::tokens).sum();
      return String.format(
          Locale.ROOT,
          "%-18s %9d %12.2f %12.2f %9.2f %9d",
          name,
          all.size(),
          proven / (double) tokens,
          learned / (double) tokens,
          proven / (double) learned,
          above);
    }
  }
}
