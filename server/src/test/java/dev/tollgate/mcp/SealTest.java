package dev.tollgate.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SealTest {

  private final Seal seal = new Seal(new byte[32]);

  @Test
  void opensForWhomItWasClosed() {
    String sealed = seal.close("p-1", "mine");
    assertThat(seal.open(sealed, "mine")).isEqualTo("p-1");
    assertThat(seal.open(sealed, "yours")).isNull();
  }

  @Test
  void opensNothingThatWasChanged() {
    String sealed = seal.close("p-1", "mine");
    for (int i = 0; i < sealed.length(); i++) {
      char other = sealed.charAt(i) == 'A' ? 'B' : 'A';
      String changed = sealed.substring(0, i) + other + sealed.substring(i + 1);
      String opened = seal.open(changed, "mine");
      // The last character of Base64 has bits that mean nothing.
      assertThat(opened == null || opened.equals("p-1")).isTrue();
    }
    assertThat(seal.open("", "mine")).isNull();
    assertThat(seal.open("x", "mine")).isNull();
    assertThat(seal.open(sealed + "?", "mine")).isNull();
    assertThat(new Seal(new byte[] {1}).open(sealed, "mine")).isNull();
  }
}
