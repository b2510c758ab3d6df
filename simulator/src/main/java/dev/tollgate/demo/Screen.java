package dev.tollgate.demo;

import java.io.Console;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the reader sees: short sections, aligned figures, colour on a terminal alone. */
final class Screen {

  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String RED = "31";

  private final PrintStream out;
  private final boolean colour;
  private int section;

  /** Standard output, in colour where it is a terminal and nobody asked for none. */
  static Screen standard() {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new Screen(System.out, terminal && System.getenv("NO_COLOR") == null);
  }

  Screen(PrintStream out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  void title(String title, String subtitle) {
    out.println();
    out.println("  " + paint(BOLD, title));
    out.println("  " + paint(DIM, subtitle));
  }

  void section(String title) {
    section++;
    out.println();
    out.println("  " + paint(BOLD, section + "  " + title));
    out.println();
  }

  void note(String text) {
    out.println("     " + paint(DIM, text));
  }

  /** A fact that was checked. */
  void fact(String name, String value) {
    line("%-14s %s".formatted(name, value));
  }

  /** A line of a table that was checked. */
  void checked(String text) {
    line(text.stripTrailing());
  }

  /** A call that was answered and checked. */
  void call(Told told) {
    String served = told.headers().served();
    boolean same = served.equals(told.asked());
    line(
        "%-14s %-18s %s %s  %s  %s"
            .formatted(
                told.sdk(),
                told.asked(),
                same ? "→" : paint(YELLOW, "↘"),
                same ? pad(served) : paint(YELLOW, pad(served)),
                amount(told.headers().cost()),
                left(told.headers().remaining())));
  }

  /** The reason that the gateway gave, below the call. */
  void reason(String header, String value, String meaning) {
    out.println(
        "       %s %s  %s".formatted(header + ":", paint(YELLOW, value), paint(DIM, meaning)));
  }

  /** A refusal that was checked. */
  void refusal(String sdk, String exception, String message) {
    line("%-14s %s".formatted(sdk, paint(RED, exception)));
    out.println("       " + paint(DIM, "“" + message + "”"));
  }

  /** Text that arrives in pieces; the line is ended by {@link #endStream}. */
  void stream(String piece) {
    out.print(piece.replace('\n', ' '));
    out.flush();
  }

  void beginStream() {
    out.print("     ");
  }

  void endStream() {
    out.println();
    out.println();
  }

  /** A line of a table. */
  void row(String text) {
    out.println("     " + text.stripTrailing());
  }

  void failure(String step, String message) {
    out.println();
    out.println("  " + paint(RED, "✗ " + step));
    out.println("    " + message);
  }

  /** The last lines of the gateway's log, where something went wrong. */
  void log(List<String> lines) {
    out.println();
    out.println("  " + paint(DIM, "The gateway's last words:"));
    lines.forEach(line -> out.println("    " + paint(DIM, line)));
  }

  void success(String text) {
    out.println();
    out.println("  " + paint(GREEN, "✓ " + text));
    out.println();
  }

  void blank() {
    out.println();
  }

  /** Dollars with as many digits as the figures of a call need. */
  static String dollars(BigDecimal amount) {
    return "$" + amount.setScale(6, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String amount(@Nullable BigDecimal cost) {
    return cost == null ? " ".repeat("$0.000000".length()) : dollars(cost);
  }

  private static String left(@Nullable BigDecimal remaining) {
    return remaining == null ? "" : dollars(remaining) + " left";
  }

  private static String pad(String model) {
    return "%-18s".formatted(model);
  }

  private void line(String text) {
    out.println("   " + paint(GREEN, "✓") + " " + text);
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
