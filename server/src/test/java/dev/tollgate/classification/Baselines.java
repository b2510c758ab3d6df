package dev.tollgate.classification;

import dev.tollgate.classification.Verdict.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the classifier is held against. */
final class Baselines {

  private final Map<Category, List<String>> terms = new EnumMap<>(Category.class);

  Baselines() {
    for (LexiconFile.Group group : LexiconFile.groups()) {
      for (String term : group.terms()) {
        terms
            .computeIfAbsent(group.category(), key -> new ArrayList<>())
            .add(term.replace("*", ""));
      }
    }
  }

  /** The same terms anywhere in the text, one point each, the first category of the best. */
  Verdict substrings(Prompt prompt) {
    String text = Classifier.plain(prompt.text());
    Category best = Category.QUICK;
    long most = 0;
    for (Map.Entry<Category, List<String>> category : terms.entrySet()) {
      long found = category.getValue().stream().filter(text::contains).count();
      if (found > most) {
        most = found;
        best = category.getKey();
      }
    }
    return new Verdict(best, 1, Reason.LEXICON);
  }

  /** The largest class of the tuning set. */
  static Verdict majority(Prompt ignored) {
    return new Verdict(Category.QUICK, 1, Reason.SHAPE);
  }
}
