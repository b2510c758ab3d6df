package dev.tollgate.bootstrap;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the configuration: a file, then the environment over it. */
public final class ConfigFile {

  private static final Path DEFAULT = Path.of("tollgate.yaml");

  private ConfigFile() {}

  /** What came of reading. */
  public sealed interface Loaded {

    /**
     * A configuration.
     *
     * @param source the file it came from; null: defaults and environment alone
     * @param warnings what was written and means nothing
     */
    record Good(Config config, @Nullable Path source, List<String> warnings) implements Loaded {}

    /** No configuration, and everything that is wrong, each with its place. */
    record Bad(List<String> problems) implements Loaded {}
  }

  /**
   * Reads {@code file}; without one {@code tollgate.yaml} of the working directory, if there is
   * one.
   */
  public static Loaded load(@Nullable Path file, Map<String, String> environment) {
    Path source = file != null ? file : Files.exists(DEFAULT) ? DEFAULT : null;
    if (source == null) {
      return read("", Path.of(""), null, environment);
    }
    try {
      Path home = source.toAbsolutePath().getParent();
      return read(Files.readString(source), home == null ? Path.of("") : home, source, environment);
    } catch (NoSuchFileException _) {
      return new Loaded.Bad(List.of(source + ": there is no such file"));
    } catch (CharacterCodingException binary) {
      return new Loaded.Bad(List.of(source + " is no text in UTF-8"));
    } catch (IOException e) {
      return new Loaded.Bad(List.of(source + " cannot be read: " + PrivateFiles.why(e)));
    }
  }

  static Loaded read(
      String text, Path home, @Nullable Path source, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    ConfigNode.Mapping written = YamlTree.read(text, problems::add);
    if (problems.isEmpty()) {
      EnvironmentOverrides.apply(written, text, environment, warnings::add);
      ConfigBinder binder = new ConfigBinder(environment, home);
      Config config = binder.bind(Config.class, written, "");
      if (config != null) {
        return new Loaded.Good(config, source, List.copyOf(warnings));
      }
      problems.addAll(binder.problems());
    }
    return new Loaded.Bad(problems.stream().map(problem -> placed(problem, source)).toList());
  }

  /** The file's name belongs before a line of it, not before the name of a variable. */
  private static String placed(String problem, @Nullable Path source) {
    return source != null && problem.startsWith("line ") ? source + " " + problem : problem;
  }
}
