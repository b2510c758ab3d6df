-- MCP servers that organizations may use, and which of their tools.

SET LOCAL search_path TO tollgate, pg_temp;

-- place: {"url", "sse"} or {"command", "environment"}. policies: by tool. revision: what was
-- learned or kept of a connector goes by it.
CREATE TABLE connectors (
  id              uuid        PRIMARY KEY,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  name            text        NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  catalogue       text,
  place           jsonb       NOT NULL,
  auth            text        NOT NULL CHECK (auth IN ('none', 'bearer', 'oauth')),
  stateless       boolean     NOT NULL,
  policies        jsonb       NOT NULL DEFAULT '{}',
  revision        bigint      NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organization_id, name)
);

-- key_id null: the organization's.
CREATE TABLE tool_rules (
  organization_id uuid   NOT NULL REFERENCES organizations (id),
  key_id          uuid   REFERENCES api_keys (id),
  allow           text[] NOT NULL,
  deny            text[] NOT NULL,
  UNIQUE NULLS NOT DISTINCT (organization_id, key_id)
);

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['connectors', 'tool_rules'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY tenant ON %I TO tollgate_app
      USING (organization_id = current_organization())
      WITH CHECK (organization_id = current_organization())', owned);
    EXECUTE format('CREATE POLICY administration ON %I FOR SELECT TO tollgate_admin USING (true)',
      owned);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tollgate_app', owned);
    EXECUTE format('GRANT SELECT ON %I TO tollgate_admin', owned);
  END LOOP;
END
$$;
