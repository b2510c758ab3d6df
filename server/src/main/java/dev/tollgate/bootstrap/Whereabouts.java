package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command finds the gateway, and the keys that it may show it: by an option, else by the
 * environment, else as the data directory of a gateway of this machine tells.
 *
 * @param data what {@code --data} names; null: the directory that is preset
 */
record Whereabouts(@Nullable Path data, Map<String, String> environment) {

  /**
   * The gateway's address, without a slash at its end.
   *
   * @throws Failure where nobody tells, or what is told is no URL
   */
  URI gateway(@Nullable String option) {
    String said = said(option, "TOLLGATE_URL");
    String found = said == null ? local() : said;
    if (found == null) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "where is Tollgate? Give --url or TOLLGATE_URL; none has run on " + directory());
    }
    return read(found);
  }

  private static URI read(String found) {
    try {
      URI url = (URI) new Scalars(Path.of("")).read(URI.class, found);
      return URI.create(url.toString().replaceAll("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the gateway's URL " + e.getMessage(), e);
    }
  }

  /**
   * A key for the gateway at {@code to}; null: nobody tells one. What the data directory keeps is
   * for the gateway that runs on it, and for no other that a variable happens to name.
   */
  @Nullable String key(@Nullable String option, String variable, Path file, URI to) {
    String said = said(option, variable);
    return said != null ? said : isOf(to) ? PrivateFiles.read(file) : null;
  }

  private boolean isOf(URI gateway) {
    String local = local();
    return data != null || (local != null && read(local).equals(gateway));
  }

  private @Nullable String local() {
    return PrivateFiles.read(DataDirectory.address(directory()));
  }

  private @Nullable String said(@Nullable String option, String variable) {
    if (option != null) {
      return option;
    }
    String value = environment.getOrDefault(variable, "");
    return value.isBlank() ? null : value;
  }

  Path directory() {
    return data != null ? data : DataDirectory.preset(environment);
  }
}
