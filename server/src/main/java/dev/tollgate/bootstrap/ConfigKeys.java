package dev.tollgate.bootstrap;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The keys that the configuration's records stand for. */
final class ConfigKeys {

  private ConfigKeys() {}

  /** {@code headerBytes} is written {@code header-bytes}. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  static List<String> names(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).map(ConfigKeys::name).toList();
  }

  static Key key(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    if (key == null) {
      throw new IllegalStateException(component + " tells nothing about itself");
    }
    return key;
  }

  static boolean optional(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /** The type of a list's items or a map's values. */
  static Class<?> inner(RecordComponent component) {
    Class<?>[] inner =
        Arrays.stream(((ParameterizedType) component.getGenericType()).getActualTypeArguments())
            .map(Class.class::cast)
            .toArray(Class<?>[]::new);
    return inner[inner.length - 1];
  }

  /** Every key of a single value that is not in a list, by its path: {@code listen.port}. */
  static void leaves(Class<?> record, String prefix, BiConsumer<String, RecordComponent> leaf) {
    for (RecordComponent component : record.getRecordComponents()) {
      String path = prefix + name(component);
      if (component.getType().isRecord()
          && component.getType().isAnnotationPresent(Section.class)) {
        leaves(component.getType(), path + ".", leaf);
      } else if (!(component.getGenericType() instanceof ParameterizedType)) {
        leaf.accept(path, component);
      }
    }
  }
}
