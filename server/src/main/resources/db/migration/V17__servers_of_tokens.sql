-- A token by hand is for the server that its connector had when it was stored, as a grant is; it is
-- sent nowhere else. What is stored already is for where its connector is now.

SET LOCAL search_path TO tollgate, pg_temp;

GRANT UPDATE (resource) ON credentials TO tollgate_admin;

-- As administrators, who see all rows: their owner does not.
SET LOCAL ROLE tollgate_admin;

UPDATE credentials SET resource = connectors.place ->> 'url'
  FROM connectors
  WHERE credentials.kind = 'static'
    AND connectors.id = credentials.connector_id
    AND connectors.organization_id = credentials.organization_id;

RESET ROLE;

REVOKE UPDATE (resource) ON credentials FROM tollgate_admin;
