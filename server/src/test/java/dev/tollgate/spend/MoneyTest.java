package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.000000001, 1",
    "1, 1000000000",
    "-0.00421, -4210000",
    "9223372036.854775807, 9223372036854775807"
  })
  void readsAndWritesDollarsExactly(String dollars, long nanos) {
    assertThat(Money.ofDollars(dollars)).isEqualTo(new Money(nanos));
    assertThat(new Money(nanos).toDollars()).isEqualTo(dollars);
  }

  @ParameterizedTest
  @CsvSource({
    "4999999, 0",
    "5000000, 0",
    "5000001, 1",
    "15000000, 2",
    "25000000, 2",
    "-5000000, 0",
    "-15000000, -2"
  })
  void roundsHalfEvenWhereCentsArePromised(long nanos, long cents) {
    assertThat(new Money(nanos).toCents()).isEqualTo(cents);
  }

  @Test
  void refusesToWrapAround() {
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> new Money(Long.MAX_VALUE).plus(new Money(1)));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> Money.ofCents(Long.MAX_VALUE));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> Money.ofDollars("0.0000000001"));
  }
}
