-- Organizations' own keys for providers of models.

SET LOCAL search_path TO tollgate, pg_temp;

-- account: keys with the same label share what the provider binds to an account. A revoked key stays
-- as a row, since the ledger names its fingerprint; what it was is gone.
CREATE TABLE provider_keys (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  provider        text        NOT NULL,
  sealed          bytea,
  fingerprint     text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{12}$'),
  account         text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  revoked_at      timestamptz,
  CHECK ((sealed IS NULL) = (revoked_at IS NOT NULL))
);

CREATE UNIQUE INDEX provider_keys_in_use
  ON provider_keys (organization_id, provider, fingerprint) WHERE revoked_at IS NULL;
CREATE INDEX provider_keys_list ON provider_keys (organization_id, id);

ALTER TABLE provider_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON provider_keys TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON provider_keys TO tollgate_admin USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON provider_keys TO tollgate_app;
GRANT SELECT, UPDATE (sealed) ON provider_keys TO tollgate_admin;
