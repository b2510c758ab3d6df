package dev.tollgate.tenancy;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** What an empty database of our own begins with. */
final class FirstStart {

  private static final OrganizationDraft ORGANIZATION = new OrganizationDraft("default", null);
  private static final ApiKeyDraft KEY = new ApiKeyDraft("default", null, null, null);
  private static final String ADMINISTRATOR = "first-start";

  private FirstStart() {}

  static boolean run(
      Storage storage, BiConsumer<Handle, Organization> along, Consumer<FirstKeys> keep) {
    return storage.transact(
        Access.admin(),
        handle -> {
          Administrators.queue(handle);
          if (!empty(handle)) {
            return false;
          }
          keep.accept(make(handle, along));
          return true;
        });
  }

  private static boolean empty(Handle handle) {
    return handle
        .createQuery(
            "SELECT NOT EXISTS (SELECT FROM organizations)"
                + " AND NOT EXISTS (SELECT FROM administrators WHERE source = 'issued')")
        .mapTo(Boolean.class)
        .one();
  }

  private static FirstKeys make(Handle handle, BiConsumer<Handle, Organization> along) {
    Organization organization = Organizations.create(handle, Tenancy.START, ORGANIZATION, along);
    Issued<Administrator> administrator =
        Administrators.create(handle, Tenancy.START, ADMINISTRATOR);
    Storage.enter(handle, Access.tenant(organization.id()));
    Issued<ApiKey> key = ApiKeys.create(handle, organization.id(), Tenancy.START, KEY);
    return new FirstKeys(key.key(), administrator.key());
  }
}
