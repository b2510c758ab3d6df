package dev.tollgate.catalogue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The servers that Tollgate knows, out of the files beside this class. */
final class KnownServers {

  private static final List<String> NAMES = List.of("github", "linear", "notion");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** By name, in their order. */
  static final Map<String, KnownServer> ALL = read();

  /** A file, as it is written. */
  private record Sheet(
      String name,
      String title,
      String url,
      String auth,
      boolean stateless,
      String source,
      List<String> stable,
      @JsonProperty("volatile") List<String> volatile_,
      List<String> uncached,
      List<String> writes) {}

  private KnownServers() {}

  /** The one that is called so; null: none is. */
  static @Nullable KnownServer named(String name) {
    return ALL.get(name);
  }

  /**
   * The one that is called so.
   *
   * @throws Failure INVALID_REQUEST that lists those there are
   */
  static KnownServer require(String name) {
    KnownServer known = ALL.get(name);
    if (known == null) {
      throw Failure.invalid(
          "catalogue",
          "the catalogue has no " + name + "; it has " + String.join(", ", ALL.keySet()));
    }
    return known;
  }

  private static Map<String, KnownServer> read() {
    Map<String, KnownServer> all = new LinkedHashMap<>();
    NAMES.forEach(name -> all.put(name, server(sheet(name))));
    return Collections.unmodifiableMap(all);
  }

  private static Sheet sheet(String name) {
    try (InputStream file = KnownServers.class.getResourceAsStream(name + ".json")) {
      if (file == null) {
        throw new IllegalStateException("the catalogue's file of " + name + " is missing");
      }
      return JSON.readValue(file, Sheet.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KnownServer server(Sheet sheet) {
    TreeMap<String, ToolPolicy> tools = new TreeMap<>();
    put(tools, sheet.stable(), () -> ToolPolicy.read(Freshness.STABLE));
    put(tools, sheet.volatile_(), () -> ToolPolicy.read(Freshness.VOLATILE));
    put(tools, sheet.uncached(), () -> ToolPolicy.read(Freshness.NEVER));
    put(tools, sheet.writes(), ToolPolicy::write);
    return new KnownServer(
        sheet.name(),
        sheet.title(),
        URI.create(sheet.url()),
        AuthKind.of(sheet.auth()),
        sheet.stateless(),
        sheet.source(),
        Collections.unmodifiableSequencedMap(tools));
  }

  private static void put(
      Map<String, ToolPolicy> tools, List<String> names, Supplier<ToolPolicy> policy) {
    for (String name : names) {
      if (tools.put(name, policy.get()) != null) {
        throw new IllegalStateException("the catalogue has " + name + " twice");
      }
    }
  }
}
