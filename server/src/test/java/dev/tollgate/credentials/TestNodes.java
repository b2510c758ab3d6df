package dev.tollgate.credentials;

import dev.tollgate.egress.AddressRange;
import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Closer;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.tenancy.UserDraft;
import dev.tollgate.testing.ManualClock;
import dev.tollgate.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Two nodes on one database, and an organization with a user. */
final class TestNodes implements AutoCloseable {

  static final Caller.Administrator ADMIN = new Caller.Administrator(new UUID(0, 99), "tester");

  final StorageConfig database = TestDatabase.freshPlainOwner();
  final ManualClock clock = new ManualClock();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Credentials first;
  final Credentials second;
  final OrgScope organization;
  final OrgScope ofUser;
  final UUID user;

  private final Closer closer = new Closer();
  private final MasterKey master = MasterKey.parse(MasterKey.generate());

  TestNodes(String publicUrl) {
    Storage storage = closer.add(Storage.open(database));
    Tenancy tenancy = Tenancy.open(storage, null, clock);
    organization = scope(tenancy, "Acme");
    user = tenancy.createUser(organization, ADMIN, new UserDraft(null, "Ada", null)).id();
    UUID key =
        tenancy
            .createKey(organization, ADMIN, new ApiKeyDraft("ada", user, null, null))
            .item()
            .id();
    ofUser = tenancy.scopeFor(organization, key);
    first = node(storage, publicUrl);
    second = node(closer.add(Storage.open(database)), publicUrl);
  }

  static OrgScope scope(Tenancy tenancy, String name) {
    return tenancy.scopeFor(
        ADMIN,
        tenancy
            .createOrganization(ADMIN, new OrganizationDraft(name, null), (handle, made) -> {})
            .id());
  }

  private Credentials node(Storage storage, String publicUrl) {
    Egress egress = closer.add(Egress.open(List.of(AddressRange.parse("127.0.0.0/8"))));
    return Credentials.open(
        storage,
        Secrets.open(storage, new MasterKeys(master, null), handle -> {}),
        egress,
        meters,
        clock,
        PublicAddress.of(URI.create(publicUrl)),
        Duration.ofSeconds(30));
  }

  double refreshes(String outcome) {
    return meters.counter("credentials_refreshes", "outcome", outcome).count();
  }

  /** Opens a URL as a browser and says with what it would call back. */
  static Map<String, List<String>> browse(URI url) {
    try (HttpClient browser = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          browser.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
      URI back = URI.create(answer.headers().firstValue("location").orElseThrow());
      Map<String, List<String>> query = new HashMap<>();
      AuthorizationServerFake.form(Objects.requireNonNull(back.getRawQuery()))
          .forEach((name, value) -> query.put(name, List.of(value)));
      return query;
    } catch (IOException failed) {
      throw new AssertionError(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
