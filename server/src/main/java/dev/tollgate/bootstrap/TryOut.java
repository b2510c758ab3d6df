package dev.tollgate.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the programs for trying out are: the simulator and the demo, which are no part of the
 * gateway and run in processes of their own.
 */
final class TryOut {

  /** The simulator's main class. */
  static final String SIMULATOR = "dev.tollgate.simulator.Main";

  /** The demo's main class. */
  static final String DEMO = "dev.tollgate.demo.Main";

  private TryOut() {}

  /**
   * The command that starts a JVM with the flags that the distribution names, if this is one; it
   * logs what went wrong, on standard error.
   */
  static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dlogback.configurationFile=logback-tryout.xml");
    Path options = lib().resolve("jvm.options");
    if (Files.exists(options)) {
      command.add("@" + options);
    }
    return command;
  }

  /**
   * In a distribution {@code lib/tryout} beside our own jars, then those; else, as in tests, the
   * class path that we have ourselves.
   */
  static String classPath() {
    Path tryout = lib().resolve("tryout");
    return Files.isDirectory(tryout)
        ? tryout.resolve("*") + File.pathSeparator + lib().resolve("*")
        : System.getProperty("java.class.path");
  }

  /** The directory of our own jar. */
  private static Path lib() {
    String own = System.getProperty("java.class.path").split(File.pathSeparator, 2)[0];
    Path jar = Path.of(own).toAbsolutePath();
    Path directory = jar.getParent();
    return directory == null ? jar : directory;
  }

  /** Runs {@code main} in a process of its own on our terminal; its exit status. */
  static int run(String main, List<String> arguments) {
    List<String> command = new ArrayList<>(java());
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      Thread ender = new Thread(process::destroy, "end-child");
      Runtime.getRuntime().addShutdownHook(ender);
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + main, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
