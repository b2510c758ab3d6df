package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.util.UUID;

/**
 * How a node begins: its epoch is raised. From then on nothing that an earlier process of its name
 * leased can be moved by that process; what is left of it is frozen when it expires.
 *
 * <p>Epochs are milliseconds of the database's clock, so that none comes twice, also after a backup
 * was restored that does not know the last of them.
 */
final class Registration {

  private Registration() {}

  static Node register(Storage storage, UUID id, String address) {
    return storage.transact(
        Access.spend(),
        handle -> {
          // Against the earlier process, should it still run: none of its requests is under way
          // after.
          boolean returning =
              handle
                  .createQuery("SELECT id FROM nodes WHERE id = :id FOR UPDATE")
                  .bind("id", id)
                  .mapTo(UUID.class)
                  .findOne()
                  .isPresent();
          return handle
              .createQuery(
                  """
                  INSERT INTO nodes (id, epoch, address)
                  VALUES (:id, floor(extract(epoch FROM clock_timestamp()) * 1000), :address)
                  ON CONFLICT (id) DO UPDATE SET epoch = greatest(nodes.epoch + 1, excluded.epoch),
                    address = excluded.address, started_at = now(), seen_at = now()
                  RETURNING epoch, batch
                  """)
              .bind("id", id)
              .bind("address", address)
              .map((row, _) ->
                  new Node(id, row.getLong("epoch"), row.getLong("batch"), address, returning))
              .one();
        });
  }
}
