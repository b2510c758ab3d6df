package dev.tollgate.simulator;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a simulator starts.
 *
 * @param host the address to listen at
 * @param port 0: any that is free
 * @param loops event loops, each with its listener
 * @param recorded how many of the last requests are kept for inspection (64 MiB of them at most)
 * @param behaviour the vocabulary's words with their values
 * @param trace a CSV file of token counts; its rows are then the usage, one a request
 */
public record SimulatorConfig(
    String host,
    int port,
    int loops,
    int recorded,
    Map<String, String> behaviour,
    @Nullable Path trace) {

  /** One loop at a free port of 127.0.0.1, the last 256 requests recorded. */
  public static final SimulatorConfig DEFAULT =
      new SimulatorConfig("127.0.0.1", 0, 1, 256, Map.of(), null);

  public SimulatorConfig {
    behaviour = Map.copyOf(behaviour);
    if (loops < 1 || recorded < 0) {
      throw new IllegalArgumentException(
          "loops is %d and recorded %d: at least 1 and 0 are needed".formatted(loops, recorded));
    }
  }

  /** The same with one more word. */
  public SimulatorConfig with(String key, Object value) {
    Map<String, String> more = new LinkedHashMap<>(behaviour);
    more.put(key, value.toString());
    return new SimulatorConfig(host, port, loops, recorded, more, trace);
  }

  public SimulatorConfig withLoops(int number) {
    return new SimulatorConfig(host, port, number, recorded, behaviour, trace);
  }

  public SimulatorConfig withRecorded(int number) {
    return new SimulatorConfig(host, port, loops, number, behaviour, trace);
  }

  public SimulatorConfig withTrace(Path file) {
    return new SimulatorConfig(host, port, loops, recorded, behaviour, file);
  }
}
