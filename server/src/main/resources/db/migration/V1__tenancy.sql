-- Organizations, users, keys, administrators and the audit of what they changed.
--
-- The roles are there already: they belong to the cluster (dev.tollgate.storage.Roles). Every
-- policy names its role. The owner of these tables is subject to them too, since row-level security
-- is forced: what runs as the owner (functions with SECURITY DEFINER) has policies of its own, to
-- CURRENT_USER. A superuser passes without; a plain owner does not.

SET LOCAL search_path TO tollgate, pg_temp;

GRANT USAGE ON SCHEMA tollgate TO tollgate_app, tollgate_spend, tollgate_auth, tollgate_admin;

-- The organization of the transaction; null where none was entered. (A setting that was local to an
-- earlier transaction of the session reads as an empty string.)
CREATE FUNCTION current_organization() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('tollgate.organization', true), '')::uuid;

-- Organizations ------------------------------------------------------------------------------------

CREATE TABLE organizations (
  id          uuid        PRIMARY KEY,
  name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  external_id text        CHECK (length(external_id) BETWEEN 1 AND 200),
  created_at  timestamptz NOT NULL DEFAULT now(),
  deleted_at  timestamptz
);

CREATE UNIQUE INDEX organizations_external_id ON organizations (external_id)
  WHERE deleted_at IS NULL;

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON organizations FOR SELECT TO tollgate_app
  USING (id = current_organization());
CREATE POLICY administration ON organizations TO tollgate_admin
  USING (true) WITH CHECK (true);
CREATE POLICY key_lookup ON organizations FOR SELECT TO CURRENT_USER
  USING (true);

GRANT SELECT ON organizations TO tollgate_app;
GRANT SELECT, INSERT ON organizations TO tollgate_admin;
GRANT UPDATE (name, external_id, deleted_at) ON organizations TO tollgate_admin;

-- Users --------------------------------------------------------------------------------------------

CREATE TABLE users (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  email           text        CHECK (length(email) BETWEEN 3 AND 320),
  name            text        CHECK (length(name) BETWEEN 1 AND 200),
  external_id     text        CHECK (length(external_id) BETWEEN 1 AND 200),
  created_at      timestamptz NOT NULL DEFAULT now(),
  deleted_at      timestamptz,
  UNIQUE (organization_id, id)
);

CREATE UNIQUE INDEX users_email ON users (organization_id, lower(email)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_external_id ON users (organization_id, external_id)
  WHERE deleted_at IS NULL;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON users TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON users FOR SELECT TO tollgate_admin
  USING (true);

GRANT SELECT, INSERT ON users TO tollgate_app;
GRANT UPDATE (email, name, external_id, deleted_at) ON users TO tollgate_app;
GRANT SELECT ON users TO tollgate_admin;

-- API keys: the hash is read by the look-up alone ----------------------------------------------------

CREATE TABLE api_keys (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  user_id         uuid,
  name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  project         text        CHECK (length(project) BETWEEN 1 AND 200),
  prefix          text        NOT NULL,
  hash            bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  created_at      timestamptz NOT NULL DEFAULT now(),
  expires_at      timestamptz,
  revoked_at      timestamptz,
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

CREATE INDEX api_keys_organization ON api_keys (organization_id, id);
CREATE INDEX api_keys_user ON api_keys (organization_id, user_id) WHERE user_id IS NOT NULL;

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON api_keys TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON api_keys FOR SELECT TO tollgate_admin
  USING (true);
CREATE POLICY key_lookup ON api_keys FOR SELECT TO CURRENT_USER
  USING (true);

GRANT INSERT ON api_keys TO tollgate_app;
GRANT SELECT (id, organization_id, user_id, name, project, prefix, created_at, expires_at, revoked_at)
  ON api_keys TO tollgate_app, tollgate_admin;
GRANT UPDATE (revoked_at) ON api_keys TO tollgate_app;

-- Administrators -----------------------------------------------------------------------------------

CREATE TABLE administrators (
  id         uuid        PRIMARY KEY,
  name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  source     text        NOT NULL CHECK (source IN ('issued', 'environment')),
  prefix     text,
  hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE UNIQUE INDEX administrators_hash ON administrators (hash) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX administrators_name ON administrators (name) WHERE revoked_at IS NULL;

GRANT INSERT ON administrators TO tollgate_admin;
GRANT SELECT (id, name, source, prefix, created_at, revoked_at) ON administrators TO tollgate_admin;
GRANT UPDATE (revoked_at) ON administrators TO tollgate_admin;

-- Whoever a key's hash belongs to: the one thing that tollgate_auth may do. Nothing for a key that
-- is revoked or expired, or whose organization is gone.
CREATE FUNCTION find_key(key_hash bytea)
  RETURNS TABLE (
    kind text, id uuid, name text, organization_id uuid, user_id uuid, project text,
    expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = tollgate, pg_temp
AS $$
  SELECT 'tenant', k.id, k.name, k.organization_id, k.user_id, k.project, k.expires_at
  FROM api_keys k JOIN organizations o ON o.id = k.organization_id
  WHERE k.hash = key_hash
    AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())
    AND o.deleted_at IS NULL
  UNION ALL
  SELECT 'administrator', a.id, a.name, NULL, NULL, NULL, NULL
  FROM administrators a
  WHERE a.hash = key_hash AND a.revoked_at IS NULL
$$;

REVOKE ALL ON FUNCTION find_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_key TO tollgate_auth;

-- Audit: appended by one function, in the order of commits, each entry bound to the one before -------

CREATE TABLE audit_log (
  seq             bigint      PRIMARY KEY,
  at              timestamptz NOT NULL,
  actor_id        uuid,
  actor           text        NOT NULL,
  action          text        NOT NULL,
  object_kind     text        NOT NULL,
  object_id       text        NOT NULL,
  organization_id uuid,
  details         jsonb       NOT NULL,
  previous        bytea       NOT NULL,
  hash            bytea       NOT NULL
);

CREATE INDEX audit_log_organization ON audit_log (organization_id, seq);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;

CREATE POLICY administration ON audit_log FOR SELECT TO tollgate_admin
  USING (true);
CREATE POLICY chain_read ON audit_log FOR SELECT TO CURRENT_USER
  USING (true);
CREATE POLICY chain_append ON audit_log FOR INSERT TO CURRENT_USER
  WITH CHECK (true);

GRANT SELECT ON audit_log TO tollgate_admin;

-- All of an entry but its hashes, as one unambiguous text.
CREATE FUNCTION audit_canonical(entry audit_log) RETURNS text
  LANGUAGE sql STABLE
  SET search_path = tollgate, pg_temp
AS $$
  SELECT jsonb_build_array(
    entry.seq, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor_id, entry.actor,
    entry.action, entry.object_kind, entry.object_id, entry.organization_id, entry.details)::text
$$;

-- Appends as the last statement of a transaction: it takes the lock under which all appends of the
-- database queue until the commit.
CREATE FUNCTION audit_append(
    actor_id uuid, actor text, action text, object_kind text, object_id text, organization_id uuid,
    details jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = tollgate, pg_temp
AS $$
DECLARE
  last  audit_log;
  entry audit_log;
BEGIN
  IF current_organization() IS NOT NULL
      AND audit_append.organization_id IS DISTINCT FROM current_organization() THEN
    RAISE EXCEPTION 'a tenant''s transaction appends for its own organization only'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tollgate.audit_log', 0));
  SELECT * INTO last FROM audit_log ORDER BY seq DESC LIMIT 1;
  entry := ROW(
    coalesce(last.seq, 0) + 1, clock_timestamp(), actor_id, actor, action, object_kind, object_id,
    audit_append.organization_id, details,
    coalesce(last.hash, decode(repeat('00', 32), 'hex')), NULL);
  entry.hash := sha256(entry.previous || convert_to(audit_canonical(entry), 'UTF8'));
  INSERT INTO audit_log SELECT entry.*;
  RETURN entry.seq;
END
$$;

REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append TO tollgate_app, tollgate_spend, tollgate_admin;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
