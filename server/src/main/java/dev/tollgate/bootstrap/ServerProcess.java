package dev.tollgate.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a process that we are no parent of runs a certain program. */
final class ServerProcess {

  private ServerProcess() {}

  /**
   * Whether {@code pid} runs {@code program}. Read from {@code /proc/PID/stat}, which unlike the
   * program's path is there for everybody, and which tells a zombie from the living: where nobody
   * reaps orphans, a server that was killed stays as one.
   */
  static boolean runs(long pid, String program) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      int end = stat.lastIndexOf(')');
      String name = stat.substring(stat.indexOf('(') + 1, end);
      return name.equals(program) && "ZX".indexOf(stat.charAt(end + 2)) < 0;
    } catch (IOException _) {
      return false;
    }
  }
}
