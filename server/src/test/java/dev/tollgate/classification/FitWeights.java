package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Writes the lexicon's weights anew. It does not run with the tests: {@code mvn test
 * -Dtest=FitWeights}, when terms, groups, shapes or tuning prompts have changed.
 */
class FitWeights {

  private static final Path FILE =
      Path.of("src/main/resources/dev/tollgate/classification/lexicon.txt");

  @Test
  void writes() throws IOException {
    assertThat(FILE).exists();
    Files.writeString(FILE, LexiconFile.with(new TuningSets().weights(), Lexicon.standard()));
  }
}
