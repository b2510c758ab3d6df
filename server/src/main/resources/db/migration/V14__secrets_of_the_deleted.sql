-- Who deletes an organization destroys its secrets, too: keys for providers, credentials of
-- connectors, clients at authorization servers, and authorizations that are under way.

SET LOCAL search_path TO tollgate, pg_temp;

GRANT UPDATE (revoked_at) ON provider_keys TO tollgate_admin;
GRANT DELETE ON credentials, oauth_clients, oauth_flows TO tollgate_admin;

-- As administrators, who see all rows: their owner does not.
SET LOCAL ROLE tollgate_admin;

UPDATE provider_keys SET revoked_at = now(), sealed = NULL
  WHERE revoked_at IS NULL
    AND organization_id IN (SELECT id FROM organizations WHERE deleted_at IS NOT NULL);
DELETE FROM credentials
  WHERE organization_id IN (SELECT id FROM organizations WHERE deleted_at IS NOT NULL);
DELETE FROM oauth_clients
  WHERE organization_id IN (SELECT id FROM organizations WHERE deleted_at IS NOT NULL);
DELETE FROM oauth_flows
  WHERE organization_id IN (SELECT id FROM organizations WHERE deleted_at IS NOT NULL);

RESET ROLE;
