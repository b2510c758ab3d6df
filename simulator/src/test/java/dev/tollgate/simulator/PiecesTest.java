package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {

  @Test
  void piecesMakeTheWholeAgain() {
    String text = "Grüße an 🦊🦊🦊 alle";
    for (int chunks = 0; chunks < 40; chunks++) {
      List<String> pieces = Pieces.of(text, chunks);
      assertThat(String.join("", pieces)).isEqualTo(text);
      assertThat(pieces).noneMatch(piece -> Character.isLowSurrogate(piece.charAt(0)));
    }
  }

  @Test
  void thereAreAsManyAsAskedFor() {
    assertThat(Pieces.of("x".repeat(100), 7)).hasSize(7);
    assertThat(Pieces.of("abc", 7)).hasSize(3);
    assertThat(Pieces.of("", 7)).containsExactly("");
    assertThat(Pieces.of("x".repeat(48), 0)).hasSize(3);
  }
}
