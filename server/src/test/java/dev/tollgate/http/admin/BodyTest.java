package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.http.engine.Call;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {

  @Test
  void namesAFieldThatIsNotKnown() {
    assertWrong("rateLimit", () -> Body.of(body("{\"name\":\"a\",\"rateLimit\":5}"), "name"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "null", "\"x\"", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":NaN}"})
  void refusesWhatIsNoObject(String text) {
    assertWrong(null, () -> Body.of(body(text), "a"));
  }

  @Test
  void refusesADeepBodyAndALargeOne() {
    assertWrong(null, () -> Body.of(body("{\"a\":" + "[".repeat(20_000)), "a"));
    assertThatThrownBy(() -> Body.of(body("{\"a\":\"" + "x".repeat(70_000) + "\"}"), "a"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "1001", "\"5\"", "1e30", "true", "[]"})
  void refusesANumberOutOfItsBounds(String number) {
    Body body = Body.of(body("{\"cents\":" + number + "}"), "cents");
    assertWrong("cents", () -> body.countOrNull("cents", 1_000));
  }

  @Test
  void tellsNullFromForgotten() {
    assertThat(Body.of(body("{\"cents\":null}"), "cents").countOrNull("cents", 9)).isNull();
    assertThat(Body.of(body("{\"cents\":0}"), "cents").countOrNull("cents", 9)).isZero();
    assertWrong("cents", () -> Body.of(body("{}"), "cents").countOrNull("cents", 9));
  }

  @Test
  void readsTextsIdentifiersAndInstants() {
    Body body =
        Body.of(
            body(
                "{\"name\":\"a\",\"id\":\"01a209fd-b96b-7861-b05b-b9d1527996b3\","
                    + "\"at\":\"2026-12-31T23:59:59+01:00\",\"none\":null,\"n\":1}"),
            "name",
            "id",
            "at",
            "none",
            "n");
    assertThat(body.text("name")).isEqualTo("a");
    assertThat(body.idOrNull("id")).hasToString("01a209fd-b96b-7861-b05b-b9d1527996b3");
    assertThat(body.instantOrNull("at")).isEqualTo(Instant.parse("2026-12-31T22:59:59Z"));
    assertThat(body.textOrNull("none")).isNull();
    assertWrong("none", () -> body.text("none"));
    assertWrong("n", () -> body.text("n"));
    assertWrong("name", () -> body.idOrNull("name"));
    assertWrong("name", () -> body.instantOrNull("name"));
    assertWrong("name", () -> body.flag("name", true));
  }

  @Test
  void readsAQueryAsStrictly() {
    assertThat(Query.of(query(Map.of()), "limit").limit()).isEqualTo(100);
    assertThat(Query.of(query(Map.of("limit", List.of("1000"))), "limit").limit()).isEqualTo(1_000);
    assertWrong("page", () -> Query.of(query(Map.of("page", List.of("1"))), "limit"));
    assertWrong("limit", () -> Query.of(query(Map.of("limit", List.of("1", "2"))), "limit"));
    for (String limit : List.of("0", "1001", "-1", "x", "", "9999999999")) {
      assertWrong("limit", () -> Query.of(query(Map.of("limit", List.of(limit))), "limit").limit());
    }
  }

  @Test
  void readsInstantsAndDaysOfAQuery() {
    Call call = query(Map.of("from", List.of("2026-11-01"), "to", List.of("2026-11-02T12:00:00Z")));
    assertThat(Query.of(call, "from", "to").span())
        .isEqualTo(
            new Query.Span(
                Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-11-02T12:00:00Z")));
    assertWrong("from", () -> Query.of(query(Map.of("from", List.of("soon"))), "from").span());
    Call backwards = query(Map.of("from", List.of("2026-11-02"), "to", List.of("2026-11-01")));
    assertWrong("to", () -> Query.of(backwards, "from", "to").span());
  }

  private static Call body(String text) {
    return new Call(null, Map.of(), Map.of(), Buffer.buffer(text), "r");
  }

  private static Call query(Map<String, List<String>> query) {
    return new Call(null, Map.of(), query, Buffer.buffer(), "r");
  }

  private static void assertWrong(@Nullable String field, Runnable reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(e.field()).isEqualTo(field);
            });
  }
}
