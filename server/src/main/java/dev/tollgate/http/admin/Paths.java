package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Call;
import dev.tollgate.kernel.Failure;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Identifiers in paths: what is not one names nothing, and is not found. */
final class Paths {

  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private Paths() {}

  static UUID id(Call call, String parameter) {
    String value = text(call, parameter);
    UUID id = uuid(value);
    if (id == null) {
      throw Failure.notFound(parameter + " must be an identifier, a UUID");
    }
    return id;
  }

  static String text(Call call, String parameter) {
    return Storable.text(parameter, Objects.requireNonNull(call.path().get(parameter), parameter));
  }

  /** Null where {@code text} is no UUID; Java's own reading takes what is much shorter. */
  static @Nullable UUID uuid(String text) {
    return UUID_FORM.matcher(text).matches() ? UUID.fromString(text) : null;
  }
}
