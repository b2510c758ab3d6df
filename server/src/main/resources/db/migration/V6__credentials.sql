-- Keys of stored secrets; credentials of connectors, clients at authorization servers, and
-- authorizations that are under way.
--
-- A column named sealed holds what dev.tollgate.secrets encrypts, bound to table, organization and id.

SET LOCAL search_path TO tollgate, pg_temp;

-- The keys that secrets are encrypted by, encrypted by the master key, which is not here. One row.
CREATE TABLE secret_keyset (
  singleton  boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
  version    bigint      NOT NULL CHECK (version > 0),
  keyset     bytea       NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE secret_keyset ENABLE ROW LEVEL SECURITY;
ALTER TABLE secret_keyset FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON secret_keyset FOR SELECT TO tollgate_app USING (true);
CREATE POLICY administration ON secret_keyset TO tollgate_admin USING (true) WITH CHECK (true);
GRANT SELECT ON secret_keyset TO tollgate_app;
GRANT SELECT, INSERT, UPDATE ON secret_keyset TO tollgate_admin;

-- Credentials: an organization's, or a user's in it, for a connector ---------------------------------

-- version: what cache and session keys carry; another grant or another token by hand makes a new one.
-- revision: grows with every change, a refresh too.
CREATE TABLE credentials (
  id               uuid        PRIMARY KEY,
  organization_id  uuid        NOT NULL REFERENCES organizations (id),
  connector_id     uuid        NOT NULL,
  user_id          uuid,
  kind             text        NOT NULL CHECK (kind IN ('static', 'authorization_code', 'client_credentials')),
  state            text        NOT NULL CHECK (state IN ('ready', 'needs_reauthorization')),
  version          bigint      NOT NULL,
  revision         bigint      NOT NULL,
  sealed           bytea       NOT NULL,
  issuer           text,
  resource         text,
  scope            text        NOT NULL,
  wanted_scope     text        NOT NULL DEFAULT '',
  expires_at       timestamptz,
  refreshing_until timestamptz,
  problem          text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  changed_at       timestamptz NOT NULL DEFAULT now(),
  CHECK ((kind = 'static') = (issuer IS NULL)),
  UNIQUE NULLS NOT DISTINCT (organization_id, connector_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE credentials FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON credentials TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON credentials TO tollgate_admin USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON credentials TO tollgate_app;
GRANT SELECT, UPDATE (sealed) ON credentials TO tollgate_admin;

-- Clients: who we are to an authorization server, by its issuer ---------------------------------------

CREATE TABLE oauth_clients (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  issuer          text        NOT NULL,
  source          text        NOT NULL CHECK (source IN ('registered', 'given')),
  client_id       text        NOT NULL,
  redirect_uri    text        NOT NULL,
  method          text        NOT NULL,
  sealed          bytea       NOT NULL,
  expires_at      timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organization_id, issuer)
);

ALTER TABLE oauth_clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_clients FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON oauth_clients TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON oauth_clients TO tollgate_admin USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_clients TO tollgate_app;
GRANT SELECT, UPDATE (sealed) ON oauth_clients TO tollgate_admin;

-- Authorizations under way: found by the hash of their state, used once -------------------------------

CREATE TABLE oauth_flows (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  connector_id    uuid        NOT NULL,
  user_id         uuid,
  state_hash      bytea       NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
  sealed          bytea       NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  expires_at      timestamptz NOT NULL,
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

CREATE INDEX oauth_flows_expires ON oauth_flows (organization_id, expires_at);

ALTER TABLE oauth_flows ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_flows FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON oauth_flows TO tollgate_app
  USING (organization_id = current_organization())
  WITH CHECK (organization_id = current_organization());
CREATE POLICY administration ON oauth_flows TO tollgate_admin USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON oauth_flows TO tollgate_app;
GRANT SELECT, UPDATE (sealed) ON oauth_flows TO tollgate_admin;
