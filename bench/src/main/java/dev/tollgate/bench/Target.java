package dev.tollgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server under measurement: a process with its children, whose CPU the kernel accounts for in
 * {@code /proc} (proc(5): {@code stat}, fields 14 and 15, in ticks of 10 ms).
 *
 * @param processes those that count; embedded databases do not
 */
record Target(String name, int port, List<Long> processes) {

  private static final long MILLIS_A_TICK = 10;

  /** Processor time used so far, user and system, in milliseconds. */
  long cpuMillis() {
    long ticks = 0;
    for (long process : processes) {
      try {
        String stat = Files.readString(Path.of("/proc", Long.toString(process), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      } catch (IOException gone) {
        throw new UncheckedIOException(name + " is gone", gone);
      }
    }
    return ticks * MILLIS_A_TICK;
  }

  /** Memory in use, in MiB. */
  long residentMib() {
    long kib = 0;
    for (long process : processes) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process), "status"))) {
          if (line.startsWith("VmRSS:")) {
            kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
          }
        }
      } catch (IOException gone) {
        throw new UncheckedIOException(name + " is gone", gone);
      }
    }
    return kib / 1024;
  }

  /** A process and those that it started. */
  static List<Long> family(Process process) {
    List<Long> family = new ArrayList<>();
    family.add(process.pid());
    process.descendants().map(ProcessHandle::pid).forEach(family::add);
    return family;
  }
}
