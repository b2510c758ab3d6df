package dev.tollgate.bench;

import dev.tollgate.spend.BoundsBench;
import dev.tollgate.spend.SimulationBench;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs the measurement that is named first, with the arguments after it. */
public final class Main {

  private static final Map<String, Measurement> MEASUREMENTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("analytics", AnalyticsBench::main),
              Map.entry("bounds", BoundsBench::main),
              Map.entry("compare", CompareBench::main),
              Map.entry("settle", SettleBench::main),
              Map.entry("simulation", SimulationBench::main),
              Map.entry("kill", KillBench::main),
              Map.entry("mcp", McpBench::main),
              Map.entry("proxy", ProxyBench::main),
              Map.entry("replay", ReplayBench::main),
              Map.entry("straight", StraightBench::main),
              Map.entry("jmh", org.openjdk.jmh.Main::main),
              Map.entry("jcstress", org.openjdk.jcstress.Main::main)));

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
