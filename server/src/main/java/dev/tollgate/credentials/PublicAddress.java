package dev.tollgate.credentials;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where browsers and authorization servers reach this gateway.
 *
 * @param base without a slash at its end
 */
public record PublicAddress(String base) {

  /** The path of {@link #callback}. */
  public static final String CALLBACK = "/oauth/callback";

  /** The path of {@link #clientDocument}. */
  public static final String CLIENT = "/oauth/client-metadata.json";

  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

  public static PublicAddress of(URI url) {
    String text = url.toString();
    return new PublicAddress(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  static PublicAddress required(@Nullable PublicAddress self) {
    if (self == null) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "where browsers reach this gateway is not known: set listen.public-url");
    }
    return self;
  }

  URI callback() {
    return URI.create(base + CALLBACK);
  }

  URI clientDocument() {
    return URI.create(base + CLIENT);
  }

  /** Client id metadata documents are https alone. */
  boolean servesClientDocument() {
    return base.startsWith("https://");
  }

  boolean local() {
    return LOCAL.contains(URI.create(base).getHost());
  }
}
