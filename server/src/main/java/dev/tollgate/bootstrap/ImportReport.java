package dev.tollgate.bootstrap;

import dev.tollgate.litellm.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells what became of an import: for people, what has the same reason together; or as one JSON
 * object. A configuration that goes to standard output has it for itself.
 */
final class ImportReport {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final CommandLine line;
  private final boolean json;
  private final List<String> written = new ArrayList<>();
  private @Nullable String configuration;
  private @Nullable RosterApply applied;

  ImportReport(CommandLine line, boolean json) {
    this.line = line;
    this.json = json;
  }

  void unusable(Exception why) {
    line.getErr().println("tollgate: " + why.getMessage());
  }

  void configuration(String text) {
    configuration = text;
    if (!json) {
      line.getOut().print(text);
      line.getOut().flush();
    }
  }

  void wrote(Path file) {
    written.add(file.toString());
  }

  void applied(RosterApply done) {
    applied = done;
  }

  /** Prints everything; true where something was not carried. */
  boolean findings(List<Finding> findings) {
    if (json) {
      line.getOut().println(JSON.writeValueAsString(object(findings)));
      line.getOut().flush();
    } else {
      PrintWriter to = configuration == null ? line.getOut() : line.getErr();
      text(to, findings);
      to.flush();
    }
    return findings.stream().anyMatch(finding -> finding.kind() == Finding.Kind.LOST);
  }

  private Map<String, @Nullable Object> object(List<Finding> findings) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("written", written);
    object.put("configuration", configuration);
    object.put("applied", applied == null ? null : applied.counts());
    object.put("findings", findings);
    return object;
  }

  private void text(PrintWriter to, List<Finding> findings) {
    written.forEach(file -> to.println("wrote " + file));
    if (applied != null) {
      applied.counts().forEach((what, count) -> to.println(what + ": " + count));
    }
    section(to, findings, Finding.Kind.LOST, "Not carried:");
    section(to, findings, Finding.Kind.NOTE, "Otherwise than before, or to be done:");
    if (findings.isEmpty()) {
      to.println("everything was carried");
    }
  }

  /** What has one reason, and where it stands. */
  private record Reason(String why, String instead) {}

  private static void section(
      PrintWriter to, List<Finding> findings, Finding.Kind kind, String heading) {
    Map<Reason, List<String>> reasons = new LinkedHashMap<>();
    findings.stream()
        .filter(finding -> finding.kind() == kind)
        .forEach(finding ->
            Objects.requireNonNull(
                    reasons.computeIfAbsent(
                        new Reason(finding.why(), finding.instead()), none -> new ArrayList<>()))
                .add(finding.path()));
    if (reasons.isEmpty()) {
      return;
    }
    to.println();
    to.println(heading);
    reasons.forEach((reason, paths) -> {
      paths.forEach(path -> to.println("  " + path));
      to.println("      " + reason.why());
      if (!reason.instead().isEmpty()) {
        to.println("      → " + reason.instead());
      }
    });
  }
}
