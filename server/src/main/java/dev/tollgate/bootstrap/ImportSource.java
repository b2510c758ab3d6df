package dev.tollgate.bootstrap;

import dev.tollgate.litellm.Carried;
import dev.tollgate.litellm.LiteLlm;
import dev.tollgate.litellm.PriceList;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the files of a LiteLLM proxy. */
final class ImportSource {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String MERGE = "<<";
  private static final int MOST_ALIASES = 1_000;
  private static final int DEEPEST = 64;

  private ImportSource() {}

  /**
   * Reads all of them.
   *
   * @throws IllegalArgumentException where one of them cannot be used
   */
  static Carried read(Path configuration, List<Path> exports, Path overlay) throws IOException {
    List<LiteLlm.Export> read = new ArrayList<>();
    for (Path file : exports) {
      read.add(new LiteLlm.Export(String.valueOf(file.getFileName()), json(file)));
    }
    try {
      return LiteLlm.read(
          yaml(configuration),
          read,
          new Catalogue(PriceCatalogue.load(null)),
          String.valueOf(overlay.getFileName()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(configuration + ": " + e.getMessage(), e);
    }
  }

  /** With anchors, aliases and merged keys, as Python's YAML has them. */
  private static JsonNode yaml(Path file) throws IOException {
    try {
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(file.toString())
              .setMaxAliasesForCollections(MOST_ALIASES)
              .build();
      return JSON.valueToTree(merged(new Load(settings).loadFromString(text(file)), 0));
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("this is not YAML: " + e.getMessage(), e);
    }
  }

  private static @Nullable Object merged(@Nullable Object value, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("it nests deeper than " + DEEPEST + ", or in itself");
    }
    if (value instanceof List<?> list) {
      return merged(list, depth);
    }
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    Map<Object, @Nullable Object> all = new LinkedHashMap<>();
    Object inherited = map.get(MERGE);
    if (inherited != null) {
      for (Object parent : inherited instanceof List<?> list ? list : List.of(inherited)) {
        if (merged(parent, depth + 1) instanceof Map<?, ?> entries) {
          entries.forEach(all::putIfAbsent);
        }
      }
    }
    map.forEach((key, entry) -> {
      if (!MERGE.equals(key)) {
        all.put(key, merged(entry, depth + 1));
      }
    });
    return all;
  }

  private static List<@Nullable Object> merged(List<?> list, int depth) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object item : list) {
      all.add(merged(item, depth + 1));
    }
    return all;
  }

  private static JsonNode json(Path file) throws IOException {
    try {
      return JSON.readTree(text(file));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": there is no such file", e);
    }
  }

  /** The catalogue as far as reading needs it. */
  private record Catalogue(PriceCatalogue prices) implements PriceList {

    @Override
    public List<String> models(String vendor) {
      return prices.vendors().contains(vendor)
          ? prices.models(vendor).stream().map(ModelEntry::id).toList()
          : List.of();
    }

    @Override
    public @Nullable Priced find(String dialect, String model) {
      ModelEntry own = prices.find(dialect, model);
      if (own != null) {
        return new Priced(dialect, own.id());
      }
      for (String vendor : prices.vendors()) {
        ModelEntry entry =
            dialect.equals(prices.dialect(vendor)) ? prices.find(vendor, model) : null;
        if (entry != null) {
          return new Priced(vendor, entry.id());
        }
      }
      return null;
    }
  }
}
