-- Whose the objects are that providers keep, and which credential made them: files, containers,
-- conversations, responses and their items. Ids are kept as SHA-256 alone.

SET LOCAL search_path TO tollgate, pg_temp;

-- given_at: when the provider last gave it out, to a day. No reference to organizations: rows go by
-- their age, and each insert would lock the organization's row.
CREATE TABLE provider_objects (
  organization_id uuid        NOT NULL,
  id_hash         bytea       NOT NULL CHECK (octet_length(id_hash) = 32),
  provider        text        NOT NULL,
  credential      text        NOT NULL,
  kind            text        NOT NULL CHECK (kind IN
    ('response', 'item', 'conversation', 'container', 'file', 'audio', 'message')),
  given_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id_hash, provider, credential)
);
CREATE INDEX provider_objects_age ON provider_objects (given_at);

ALTER TABLE provider_objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_objects FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON provider_objects TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY spend ON provider_objects TO tollgate_spend USING (true) WITH CHECK (true);
CREATE POLICY administration ON provider_objects FOR SELECT TO tollgate_admin USING (true);
GRANT SELECT, DELETE ON provider_objects TO tollgate_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_objects TO tollgate_spend;
GRANT SELECT ON provider_objects TO tollgate_admin;
