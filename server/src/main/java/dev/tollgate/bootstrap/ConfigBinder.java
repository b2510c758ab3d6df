package dev.tollgate.bootstrap;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the configuration's records of what was written: keys by components, defaults by {@link
 * Key}. Finds everything that is wrong, not only the first.
 */
final class ConfigBinder {

  private final Placeholders placeholders;
  private final Scalars scalars;
  private final List<String> problems = new ArrayList<>();

  ConfigBinder(Map<String, String> environment, Path home) {
    this.placeholders = new Placeholders(environment, home);
    this.scalars = new Scalars(home);
  }

  /** What was found to be wrong, each with its place and path. */
  List<String> problems() {
    return problems;
  }

  /** The {@code section} that {@code mapping} describes; null where something is wrong. */
  <T> @Nullable T bind(Class<T> section, ConfigNode.Mapping mapping, String path) {
    int before = problems.size();
    refuseUnknown(section, mapping, path);
    List<@Nullable Object> values = new ArrayList<>();
    for (RecordComponent component : section.getRecordComponents()) {
      String name = ConfigKeys.name(component);
      ConfigNode node = mapping.entries().get(name);
      String at = path.isEmpty() ? name : path + "." + name;
      values.add(
          node == null || node instanceof ConfigNode.Nothing
              ? preset(component, mapping, at)
              : value(component, node, at));
    }
    return problems.size() == before ? construct(section, values, mapping, path) : null;
  }

  private void refuseUnknown(Class<?> section, ConfigNode.Mapping mapping, String path) {
    List<String> names = ConfigKeys.names(section);
    mapping
        .entries()
        .forEach((name, node) -> {
          if (!names.contains(name)) {
            problem(
                node,
                path.isEmpty() ? name : path + "." + name,
                "is no key" + Suggestion.among(names, name));
          }
        });
  }

  private @Nullable Object preset(
      RecordComponent component, ConfigNode.Mapping mapping, String path) {
    Class<?> type = component.getType();
    String preset = ConfigKeys.key(component).preset();
    if (!preset.isEmpty()) {
      return scalars.read(type, preset);
    }
    if (ConfigKeys.optional(component)) {
      return null;
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type.isAnnotationPresent(Section.class)) {
      return bind(type, new ConfigNode.Mapping(Map.of(), mapping.where()), path);
    }
    return problem(mapping, path, "is missing");
  }

  private @Nullable Object value(RecordComponent component, ConfigNode node, String path) {
    Type type = component.getGenericType();
    return ConfigKeys.optional(component) ? any(type, node, path) : given(type, node, path);
  }

  private @Nullable Object given(Type type, ConfigNode node, String path) {
    int before = problems.size();
    Object value = any(type, node, path);
    return value == null && problems.size() == before ? problem(node, path, "is empty") : value;
  }

  private @Nullable Object any(Type type, ConfigNode node, String path) {
    Class<?> raw = ConfigKeys.raw(type);
    if (raw == List.class) {
      return list(ConfigKeys.inner(type), node, path);
    }
    return raw == Map.class ? map(ConfigKeys.inner(type), node, path) : one(raw, node, path);
  }

  /** A section or a single value; null where it is wrong or blank. */
  private @Nullable Object one(Class<?> type, ConfigNode node, String path) {
    if (type.isAnnotationPresent(Section.class)) {
      return spelledOut(type, node) instanceof ConfigNode.Mapping mapping
          ? bind(type, mapping, path)
          : problem(node, path, "must have keys: " + String.join(", ", ConfigKeys.names(type)));
    }
    if (!(node instanceof ConfigNode.Scalar scalar)) {
      return problem(node, path, "must be a single value");
    }
    try {
      String text = scalar.literal() ? scalar.text() : placeholders.fill(scalar.text());
      return text.isBlank() ? null : scalars.read(type, text.strip());
    } catch (IllegalArgumentException | ArithmeticException e) {
      return problem(node, path, String.valueOf(e.getMessage()));
    }
  }

  private static ConfigNode spelledOut(Class<?> section, ConfigNode node) {
    String shorthand = section.getAnnotation(Section.class).shorthand();
    return node instanceof ConfigNode.Scalar && !shorthand.isEmpty()
        ? new ConfigNode.Mapping(Map.of(shorthand, node), node.where())
        : node;
  }

  private @Nullable Object list(Type inner, ConfigNode node, String path) {
    if (!(node instanceof ConfigNode.Sequence sequence)) {
      return problem(node, path, "must be a list");
    }
    List<Object> items = new ArrayList<>();
    for (ConfigNode item : sequence.items()) {
      Object value = given(inner, item, path + "[" + items.size() + "]");
      if (value != null) {
        items.add(value);
      }
    }
    return List.copyOf(items);
  }

  private @Nullable Object map(Type inner, ConfigNode node, String path) {
    if (!(node instanceof ConfigNode.Mapping mapping)) {
      return problem(node, path, "must have keys");
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach((name, entry) -> {
          Object value = given(inner, entry, path + "." + name);
          if (value != null) {
            entries.put(name, value);
          }
        });
    return Collections.unmodifiableMap(entries);
  }

  private <T> @Nullable T construct(
      Class<T> section, List<@Nullable Object> values, ConfigNode node, String path) {
    Class<?>[] types =
        Arrays.stream(section.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return section.getDeclaredConstructor(types).newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException invalid) {
        problems.add(place(node, path) + invalid.getMessage());
        return null;
      }
      throw new IllegalStateException("making " + section, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("making " + section, e);
    }
  }

  private @Nullable Object problem(ConfigNode node, String path, String what) {
    problems.add(place(node, path) + what);
    return null;
  }

  private static String place(ConfigNode node, String path) {
    return node.where() + ": " + (path.isEmpty() ? "" : path + " ");
  }
}
