package dev.tollgate.mcp;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON arrays, element by element. */
public final class Elements {

  private Elements() {}

  /** The elements of {@code array}; none where it is missing or no array. */
  public static List<Raw> of(@Nullable Raw array) {
    return array != null && array.isArray() ? Json.elements(array) : List.of();
  }

  /** The array of {@code elements}. */
  public static Raw raw(Collection<Raw> elements) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('[');
    boolean first = true;
    for (Raw element : elements) {
      if (!first) {
        out.write(',');
      }
      first = false;
      element.writeTo(out);
    }
    out.write(']');
    return Raw.of(out.toByteArray());
  }

  /** The array of strings. */
  public static Raw strings(Collection<String> texts) {
    return raw(texts.stream().map(Raw::string).toList());
  }
}
