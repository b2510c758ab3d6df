package dev.tollgate.mcp;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The members of a JSON object in their order, each value as its bytes. A change makes another;
 * what is not changed is copied as it was.
 */
public final class Members {

  public static final Members NONE = new Members(new LinkedHashMap<>());

  private final Map<String, Raw> values;

  private Members(Map<String, Raw> values) {
    this.values = values;
  }

  /**
   * Reads {@code object}; throws {@link RpcError} where it is malformed, none, or names a member
   * twice (which of both counts would be anybody's guess).
   */
  public static Members of(Raw object) {
    Map<String, Raw> values = new LinkedHashMap<>();
    try (JsonParser parser = Json.parser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw RpcError.of(RpcError.INVALID_REQUEST, "an object was expected");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (values.put(name, Json.value(parser, object)) != null) {
          throw RpcError.of(RpcError.INVALID_REQUEST, "the member " + name + " is there twice");
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw RpcError.of(RpcError.PARSE_ERROR, "there is more than one JSON value");
      }
    } catch (JacksonException malformed) {
      throw Json.malformed(malformed);
    }
    return new Members(values);
  }

  /** The members of what may be missing; anything but an object has none. */
  public static Members orNone(@Nullable Raw object) {
    return object != null && object.isObject() ? of(object) : NONE;
  }

  public @Nullable Raw get(String name) {
    return values.get(name);
  }

  /** The text of a string member; null: missing, or no string. */
  public @Nullable String string(String name) {
    Raw value = values.get(name);
    return value == null ? null : value.string();
  }

  /** The members of a member; none where it is missing or no object. */
  public Members within(String name) {
    return orNone(values.get(name));
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public Set<String> names() {
    return Set.copyOf(values.keySet());
  }

  /** Each member in its order. */
  public Iterable<Map.Entry<String, Raw>> entries() {
    return values.entrySet();
  }

  /** With this member, in its old place where it had one. */
  public Members with(String name, Raw value) {
    Map<String, Raw> changed = new LinkedHashMap<>(values);
    changed.put(name, value);
    return new Members(changed);
  }

  /** With this member, unless {@code value} is null. */
  public Members withIf(String name, @Nullable Raw value) {
    return value == null ? this : with(name, value);
  }

  public Members without(String... names) {
    Map<String, Raw> changed = new LinkedHashMap<>(values);
    for (String name : names) {
      changed.remove(name);
    }
    return new Members(changed);
  }

  /** The object written out. */
  public Raw raw() {
    int size = 2;
    for (Map.Entry<String, Raw> member : values.entrySet()) {
      size += member.getKey().length() + member.getValue().length() + 4;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(size);
    out.write('{');
    boolean first = true;
    for (Map.Entry<String, Raw> member : values.entrySet()) {
      if (!first) {
        out.write(',');
      }
      first = false;
      Raw.string(member.getKey()).writeTo(out);
      out.write(':');
      member.getValue().writeTo(out);
    }
    out.write('}');
    return Raw.of(out.toByteArray());
  }
}
