package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code tollgate provider-key …}: what an organization itself goes to a provider with. */
@Command(
    name = "provider-key",
    description = "Add, list and remove an organization's own keys for providers of models.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT)
final class ProviderKeyCommand {

  private static final int LARGEST = 16 * 1024;

  @Mixin private final AdministrationOptions options = new AdministrationOptions();

  @Option(
      names = "--organization",
      defaultValue = "default",
      scope = ScopeType.INHERIT,
      description = "Whose keys: an id, external id or name (default: ${DEFAULT-VALUE}).")
  private String organization = "default";

  /** The key is no option: other users of the machine can see those. */
  @Command(
      name = "add",
      description = "Keep a key, read from standard input; it is never shown again.")
  void add(
      @Option(names = "--provider", required = true, description = "Whose key: as configured.")
          String provider,
      @Option(
              names = "--account",
              paramLabel = "LABEL",
              description = "The provider's account; keys of one account may stand in for another.")
          @Nullable String account,
      @Option(
              names = "--key-file",
              paramLabel = "FILE",
              description = "Read the key from here instead.")
          @Nullable Path file) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("provider", provider);
    body.put("key", read(file));
    body.put("account", account);
    AdministrationClient client = options.client();
    options.printout().one(client.post(keys(client), body));
  }

  private static String read(@Nullable Path file) {
    try {
      if (file != null) {
        return Files.readString(file).strip();
      }
      return new String(System.in.readNBytes(LARGEST), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the key cannot be read: " + e.getMessage(), e);
    }
  }

  @Command(name = "list", description = "List the keys, the removed too, without showing them.")
  void list() {
    AdministrationClient client = options.client();
    options
        .printout()
        .many(
            client.all(keys(client)),
            "id",
            "provider",
            "fingerprint",
            "account",
            "createdAt",
            "revokedAt");
  }

  @Command(name = "remove", description = "Destroy a key; it is used no more, at once.")
  void remove(@Parameters(paramLabel = "ID", description = "Its id, as listed.") String key) {
    AdministrationClient client = options.client();
    client.delete(keys(client) + "/" + AdministrationClient.encoded(key));
    options.printout().done("removed " + key);
  }

  private String keys(AdministrationClient client) {
    return client.organization(organization) + "/provider-keys";
  }
}
