package dev.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One request of a production trace (Azure LLM inference traces of 2023: Patel et al., Splitwise,
 * ISCA 2024; CSV of TIMESTAMP, ContextTokens, GeneratedTokens).
 *
 * @param at since the first request of all
 * @param code whether it completed code; else it was a turn of a conversation
 */
record TraceRow(Duration at, boolean code, int input, int output) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSS");

  private record Read(LocalDateTime at, boolean code, int input, int output) {}

  /** Both traces of {@code directory}, in the order of their time. */
  static List<TraceRow> read(Path directory) throws IOException {
    List<Read> rows = new ArrayList<>();
    rows.addAll(read(directory.resolve("code.csv"), true));
    rows.addAll(read(directory.resolve("conv.csv"), false));
    rows.sort(Comparator.comparing(Read::at));
    LocalDateTime first = rows.getFirst().at();
    return rows.stream()
        .map(row ->
            new TraceRow(Duration.between(first, row.at()), row.code(), row.input(), row.output()))
        .toList();
  }

  private static List<Read> read(Path file, boolean code) throws IOException {
    return Files.readAllLines(file).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells ->
            new Read(
                LocalDateTime.parse(cells[0].strip(), TIME),
                code,
                Integer.parseInt(cells[1].strip()),
                Integer.parseInt(cells[2].strip())))
        .toList();
  }
}
