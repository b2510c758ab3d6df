package dev.tollgate.bootstrap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How much a key, a user or an organization may ask for, as the command line has it. */
final class LimitOptions {

  @Option(
      names = "--rpm",
      paramLabel = "N|none",
      converter = Reader.class,
      description = "Calls a minute.")
  private @Nullable Limit rpm;

  @Option(
      names = "--tpm",
      paramLabel = "N|none",
      converter = Reader.class,
      description = "Tokens a minute, of prompts and answers.")
  private @Nullable Limit tpm;

  @Option(
      names = "--streams",
      paramLabel = "N|none",
      converter = Reader.class,
      description = "Answers that are streamed at the same time.")
  private @Nullable Limit streams;

  /** Writes what was said into a request. */
  void into(Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> limits = new LinkedHashMap<>();
    put(limits, "requestsPerMinute", rpm);
    put(limits, "tokensPerMinute", tpm);
    put(limits, "concurrentStreams", streams);
    if (!limits.isEmpty()) {
      body.put("limits", limits);
    }
  }

  private static void put(
      Map<String, @Nullable Object> limits, String name, @Nullable Limit limit) {
    if (limit != null) {
      limits.put(name, limit.most());
    }
  }

  /**
   * A limit.
   *
   * @param most null: none
   */
  record Limit(@Nullable Long most) {}

  /** Reads one. */
  static final class Reader implements ITypeConverter<Limit> {

    @Override
    public Limit convert(String text) {
      if (text.equals("none")) {
        return new Limit(null);
      }
      try {
        return new Limit(Long.valueOf(text));
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is neither a number nor 'none'");
      }
    }
  }
}
