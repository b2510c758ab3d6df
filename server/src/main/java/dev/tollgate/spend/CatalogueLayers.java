package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of the catalogue, first the lowest.
 *
 * <p>Objects are merged field by field; anything else replaces what is below it, and null removes
 * it.
 */
record CatalogueLayers(List<Layer> layers) {

  /** One file. */
  record Layer(String name, String text, JsonNode json) {

    static Layer of(String name, String text) {
      return new Layer(name, text, Fields.parse(text, name));
    }
  }

  static CatalogueLayers shipped(@Nullable Path overlay) {
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of("prices.json", resource("prices.json")));
    layers.add(Layer.of("models.json", resource("models.json")));
    if (overlay != null) {
      layers.add(Layer.of(overlay.toString(), file(overlay)));
    }
    return new CatalogueLayers(layers);
  }

  /** All layers as one, to be read. */
  Fields merged() {
    JsonNode merged = layers.getFirst().json();
    for (Layer layer : layers.subList(1, layers.size())) {
      Fields.of(layer.name(), layer.json());
      merged = merge(merged, layer.json());
    }
    return new Fields("", "", merged, this::origin);
  }

  static JsonNode merge(JsonNode below, JsonNode above) {
    if (!(below instanceof ObjectNode base) || !above.isObject()) {
      return above;
    }
    ObjectNode merged = base.objectNode();
    merged.setAll(base);
    for (Map.Entry<String, JsonNode> entry : above.properties()) {
      JsonNode under = merged.get(entry.getKey());
      if (entry.getValue().isNull()) {
        merged.remove(entry.getKey());
      } else {
        merged.set(
            entry.getKey(), under == null ? entry.getValue() : merge(under, entry.getValue()));
      }
    }
    return merged;
  }

  /** A digest of every byte, in eight hexadecimal digits. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      layers.forEach(layer -> digest.update(layer.text().getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest(), 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The highest layer that has {@code pointer}, or the nearest object around it. */
  private String origin(String pointer) {
    for (String at = pointer; ; at = at.substring(0, at.lastIndexOf('/'))) {
      for (Layer layer : layers.reversed()) {
        if (!layer.json().at(at).isMissingNode()) {
          return layer.name() + ": ";
        }
      }
    }
  }

  private static String resource(String name) {
    try (InputStream in = CatalogueLayers.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks the resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST, "cannot read the price overlay " + path + ": " + e, e);
    }
  }
}
