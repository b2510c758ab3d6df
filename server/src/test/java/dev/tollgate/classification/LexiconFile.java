package dev.tollgate.classification;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The lexicon as it is written: what each group was thought to mean, and its terms. */
final class LexiconFile {

  /**
   * @param strength what it was thought to mean
   */
  record Group(String name, Map<Category, Double> strength, List<String> terms) {

    /** The category that it was thought to mean; of none, the first. */
    Category category() {
      return strength.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse(Category.QUICK);
    }
  }

  private LexiconFile() {}

  static List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (String line : text().lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        int end = line.indexOf(']');
        groups.add(
            new Group(
                line.substring(1, end), strength(line.substring(end + 1)), new ArrayList<>()));
      } else if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith("weights:")) {
        Arrays.stream(line.split(",", -1)).map(String::strip).forEach(groups.getLast().terms::add);
      }
    }
    return groups;
  }

  private static Map<Category, Double> strength(String head) {
    Map<Category, Double> strength = new EnumMap<>(Category.class);
    if (!head.isBlank()) {
      for (String each : head.strip().split(", *", -1)) {
        int space = each.indexOf(' ');
        strength.put(
            Objects.requireNonNull(Category.named(each.substring(0, space)), head),
            Double.parseDouble(each.substring(space + 1)));
      }
    }
    return strength;
  }

  /** The file with other weights, by feature and category. */
  static String with(double[][] weights, Lexicon lexicon) {
    StringBuilder text = new StringBuilder();
    String name = "";
    for (String line : text().lines().toList()) {
      if (line.startsWith("[")) {
        name = line.substring(1, line.indexOf(']'));
      }
      if (line.startsWith("weights:")) {
        text.append("weights:");
        for (double weight : weights[lexicon.feature(name)]) {
          text.append(String.format(Locale.ROOT, " %.2f", weight));
        }
      } else {
        text.append(line);
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String text() {
    try (InputStream file = Lexicon.class.getResourceAsStream("lexicon.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
