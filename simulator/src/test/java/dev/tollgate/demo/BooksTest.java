package dev.tollgate.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo's own account finds what is wrong in an answer. */
class BooksTest {

  private final Books books = new Books(new BigDecimal("2.00"));

  @Test
  void addsUpWhatAnswersCost() {
    books.enter(told("1", "0.02004", "1.97996"));
    books.enter(told("2", "0.02004", "1.95992"));
    assertThat(books.remaining()).isEqualByComparingTo("1.95992");
    books.reset();
    books.enter(told("3", "0.02004", "1.97996"));

    assertThat(books.spent()).isEqualByComparingTo("0.02004");
    assertThat(books.spentEver()).isEqualByComparingTo("0.06012");
    assertThat(books.calls()).isEqualTo(3);
  }

  @Test
  void admitsARemainderThatIsASecondOld() {
    books.enter(told("1", "0.02004", "2.00"));

    assertThat(books.remaining()).isEqualByComparingTo("1.97996");
  }

  @Test
  void findsAWrongCost() {
    assertThatThrownBy(() -> books.enter(told("1", "0.02003", "1.97996")))
        .hasMessage("x-tollgate-cost-usd should be 0.020040 and is 0.02003");
  }

  @Test
  void findsMoneyThatIsMissing() {
    assertThatThrownBy(() -> books.enter(told("1", "0.02004", "1.9")))
        .hasMessageContaining("should be 1.979960 and is 1.9");
  }

  @Test
  void findsTwoCallsOfOneName() {
    books.enter(told("1", "0.02004", "1.97996"));

    assertThatThrownBy(() -> books.enter(told("1", "0.02004", "1.95992")))
        .hasMessage("two calls have the id 1");
  }

  private static Told told(String id, String cost, String remaining) {
    Map<String, String> headers =
        Map.of(
            "x-tollgate-call-id", id,
            "x-tollgate-model", Models.PREMIUM,
            "x-tollgate-cost-usd", cost,
            "x-tollgate-budget-remaining-usd", remaining);
    return new Told(
        "SDK",
        Models.PREMIUM,
        Models.PREMIUM,
        10,
        1_000,
        "[simulated] Hello",
        Told.Headers.of(
            name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of()));
  }
}
