package dev.tollgate.bootstrap;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
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
  static Type inner(Type type) {
    Type[] inner = ((ParameterizedType) type).getActualTypeArguments();
    return inner[inner.length - 1];
  }

  /** The class of a type, whatever is in it. */
  static Class<?> raw(Type type) {
    return (Class<?>) (type instanceof ParameterizedType of ? of.getRawType() : type);
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
