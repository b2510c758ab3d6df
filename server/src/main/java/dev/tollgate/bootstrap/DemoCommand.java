package dev.tollgate.bootstrap;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code tollgate demo}: the main job, told and checked, against a throw-away data directory. */
@Command(name = "demo", description = "Run the main job end to end and check every step of it.")
final class DemoCommand implements Callable<Integer> {

  @Unmatched private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    List<String> arguments = new ArrayList<>();
    for (String word : gateway()) {
      arguments.add("--gateway-command=" + word);
    }
    arguments.addAll(rest);
    return TryOut.run(TryOut.DEMO, arguments);
  }

  /** The command that this very program was started with. */
  private static List<String> gateway() {
    List<String> command = new ArrayList<>(TryOut.java());
    String cache = System.getProperty("tollgate.aot.cache", "");
    if (!cache.isEmpty()) {
      command.add("-XX:AOTCache=" + cache);
      command.add("-Dtollgate.aot.cache=" + cache);
    }
    String own = System.getProperty("java.class.path");
    if (own.endsWith(".jar") && !own.contains(File.pathSeparator)) {
      command.addAll(List.of("-jar", Path.of(own).toAbsolutePath().toString()));
    } else {
      command.addAll(List.of("-cp", own, Main.class.getName()));
    }
    return command;
  }
}
