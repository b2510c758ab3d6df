package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Page;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.LedgerEntry;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerCsvTest {

  private static LedgerEntry entry(int attempt, String model) {
    return new LedgerEntry(
        Instant.EPOCH,
        new UUID(1, 2),
        attempt,
        LedgerEntry.Kind.CHARGE,
        Instant.EPOCH,
        null,
        null,
        "a, \"b\"",
        new CallFacts.Model(
            "r", null, null, null, null, model, "m", null, "openai", "p", "c", null),
        Usage.of(3, 4),
        "{\"a\":1}",
        null,
        1,
        new Money(5),
        new Money(-6),
        Outcome.Status.OK,
        List.of(new UUID(0, 7), new UUID(0, 8)),
        List.of(1L, 2L),
        9,
        -1,
        8);
  }

  private static List<String> parts(LedgerCsv csv) {
    List<String> parts = new ArrayList<>();
    for (byte[] part = csv.next(); part != null; part = csv.next()) {
      parts.add(new String(part, StandardCharsets.UTF_8));
    }
    return parts;
  }

  @Test
  void writesTheHeaderOnceAndEachPageAsAPart() {
    List<String> parts =
        parts(
            new LedgerCsv(cursor ->
                cursor == null
                    ? new Page<>(List.of(entry(1, "x"), entry(2, "x")), "second")
                    : new Page<>(List.of(entry(3, cursor)), null)));
    assertThat(parts).hasSize(2);
    assertThat(parts.getFirst()).startsWith("callId,attempt,kind,").endsWith("\r\n");
    assertThat(parts.getFirst().split("\r\n")).hasSize(3);
    assertThat(parts.getLast())
        .doesNotContain("callId")
        .contains(",3,charge,")
        .contains(",second,");
  }

  @Test
  void writesAHeaderWhereThereIsNothingElse() {
    assertThat(parts(new LedgerCsv(cursor -> new Page<>(List.of(), null))))
        .singleElement()
        .asString()
        .startsWith("callId,")
        .endsWith("rawUsage,connector,tool,calls\r\n");
  }

  @Test
  void quotesWhatNeedsItAndLeavesNumbersAlone() {
    String line = parts(new LedgerCsv(c -> new Page<>(List.of(entry(1, "m")), null))).getFirst();
    assertThat(line)
        .contains("\"a, \"\"b\"\"\"")
        .contains("\"{\"\"a\"\":1}\"")
        .contains(",5,-6,9,,8,")
        .contains("00000000-0000-0000-0000-000000000007 00000000-0000-0000-0000-000000000008,1 2,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"})
  void letsNoTextBecomeAFormula(String text) {
    String cell = LedgerCsv.cell(text);
    assertThat(cell.startsWith("\"") ? cell.substring(1) : cell).startsWith("'" + text);
  }

  @Test
  void leavesOrdinaryTextAsItIs() {
    assertThat(LedgerCsv.cell("claude-haiku-5-5")).isEqualTo("claude-haiku-5-5");
    assertThat(LedgerCsv.cell("")).isEmpty();
    assertThat(LedgerCsv.cell(null)).isEmpty();
    assertThat(LedgerCsv.cell("a\r\nb")).isEqualTo("\"a\r\nb\"");
    assertThat(LedgerCsv.cell(-1L)).isEqualTo("-1");
  }
}
