package dev.tollgate.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class MasterKeyTest {

  @Test
  void readsWhatItGenerates() {
    String text = MasterKey.generate();
    assertThat(MasterKey.parse(text + "\n")).hasToString("***");
    assertThat(Base64.getDecoder().decode(text)).hasSize(32);
    assertThat(MasterKey.generate()).isNotEqualTo(text);
  }

  @Test
  void derivesTheSameKeyForOnePurposeAndAnotherForAnother() {
    String text = MasterKey.generate();
    byte[] key = MasterKey.parse(text).derive("one");
    assertThat(key).hasSize(32).isEqualTo(MasterKey.parse(text).derive("one"));
    assertThat(MasterKey.parse(text).derive("two")).isNotEqualTo(key);
    assertThat(MasterKey.parse(MasterKey.generate()).derive("one")).isNotEqualTo(key);
    assertThat(key).isNotEqualTo(Base64.getDecoder().decode(text));
  }

  @Test
  void saysWhatIsWrongAndNotWhatWasGiven() {
    assertThatThrownBy(() -> MasterKey.parse("not base64 at all!"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no base64")
        .hasMessageNotContaining("at all")
        .hasNoCause();
    assertThatThrownBy(() -> MasterKey.parse(Base64.getEncoder().encodeToString(new byte[16])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 16")
        .hasMessageContaining("secrets new-key");
  }
}
