package dev.tollgate.bench;

import dev.tollgate.spend.BoundsBench;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs the measurement that is named first, with the arguments after it. */
public final class Main {

  private static final Map<String, Measurement> MEASUREMENTS =
      new TreeMap<>(
          Map.of(
              "analytics",
              AnalyticsBench::main,
              "bounds",
              BoundsBench::main,
              "compare",
              CompareBench::main,
              "settle",
              SettleBench::main,
              "kill",
              KillBench::main,
              "proxy",
              ProxyBench::main,
              "jmh",
              org.openjdk.jmh.Main::main,
              "jcstress",
              org.openjdk.jcstress.Main::main));

  /** A measurement with a command line of its own. */
  private interface Measurement {
    void main(String[] arguments) throws Exception;
  }

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    Measurement measurement = arguments.length == 0 ? null : MEASUREMENTS.get(arguments[0]);
    if (measurement == null) {
      System.err.println("name one of " + MEASUREMENTS.keySet() + ", and its arguments");
      System.exit(2);
      return;
    }
    measurement.main(Arrays.copyOfRange(arguments, 1, arguments.length));
  }
}
