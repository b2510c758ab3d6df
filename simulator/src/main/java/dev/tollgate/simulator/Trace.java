package dev.tollgate.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Token counts of recorded traffic, one row a request, from the start again after the last.
 *
 * <p>A CSV file with a header that names {@code ContextTokens} and {@code GeneratedTokens}: the
 * form of the Azure LLM inference traces.
 */
final class Trace {

  private final List<Row> rows;
  private final AtomicLong next = new AtomicLong();

  /** What one request took. */
  record Row(long input, long output) {
    static final Row NONE = new Row(0, 0);
  }

  private Trace(List<Row> rows) {
    this.rows = rows;
  }

  static Trace read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      List<String> header = List.of(lines.getFirst().split(",", -1));
      int input = header.indexOf("ContextTokens");
      int output = header.indexOf("GeneratedTokens");
      if (input < 0 || output < 0 || lines.size() < 2) {
        throw new IllegalArgumentException(
            file + " is no trace: its header must name ContextTokens and GeneratedTokens.");
      }
      return new Trace(lines.stream().skip(1).map(line -> row(line, input, output)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the trace " + file, e);
    }
  }

  Row next() {
    return rows.get((int) (next.getAndIncrement() % rows.size()));
  }

  void rewind() {
    next.set(0);
  }

  private static Row row(String line, int input, int output) {
    String[] cells = line.split(",", -1);
    return new Row(Long.parseLong(cells[input].strip()), Long.parseLong(cells[output].strip()));
  }
}
