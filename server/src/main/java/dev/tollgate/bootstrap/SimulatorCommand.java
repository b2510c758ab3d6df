package dev.tollgate.bootstrap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code tollgate simulator}: a provider that calls no model; its options are its own. */
@Command(
    name = "simulator",
    description = "Run a simulated provider of models; `simulator --help` lists its options.")
final class SimulatorCommand implements Callable<Integer> {

  @Unmatched private List<String> options = new ArrayList<>();

  @Override
  public Integer call() {
    return TryOut.run(TryOut.SIMULATOR, options);
  }
}
