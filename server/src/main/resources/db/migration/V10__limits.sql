-- How much keys, users and organizations may ask for, and which models and routes keys may use.

SET LOCAL search_path TO tollgate, pg_temp;

-- Null: no limit.
DO $$
DECLARE
  limited text;
BEGIN
  FOREACH limited IN ARRAY ARRAY['organizations', 'users', 'api_keys'] LOOP
    EXECUTE format('ALTER TABLE %I
      ADD COLUMN requests_per_minute bigint CHECK (requests_per_minute > 0),
      ADD COLUMN tokens_per_minute   bigint CHECK (tokens_per_minute > 0),
      ADD COLUMN concurrent_streams  bigint CHECK (concurrent_streams > 0)', limited);
  END LOOP;
END
$$;

-- Null: all of them.
ALTER TABLE api_keys
  ADD COLUMN allowed_models text[] CHECK (cardinality(allowed_models) > 0),
  ADD COLUMN allowed_routes text[] CHECK (cardinality(allowed_routes) > 0);

GRANT UPDATE (requests_per_minute, tokens_per_minute, concurrent_streams)
  ON organizations TO tollgate_admin;
GRANT UPDATE (requests_per_minute, tokens_per_minute, concurrent_streams)
  ON users, api_keys TO tollgate_app;
GRANT UPDATE (allowed_models, allowed_routes) ON api_keys TO tollgate_app;
GRANT SELECT (
    requests_per_minute, tokens_per_minute, concurrent_streams, allowed_models, allowed_routes)
  ON api_keys TO tollgate_app, tollgate_admin;

-- The look-up of keys reads the limits of their users too.
CREATE POLICY key_lookup ON users FOR SELECT TO CURRENT_USER
  USING (true);

DROP FUNCTION find_key;

-- Whoever a key's hash belongs to, with all that limits it: the one thing that tollgate_auth may do.
-- Nothing for a key that is revoked or expired, or whose organization is gone.
CREATE FUNCTION find_key(key_hash bytea)
  RETURNS TABLE (
    kind text, id uuid, name text, organization_id uuid, user_id uuid, project text,
    expires_at timestamptz, allowed_models text[], allowed_routes text[],
    key_requests_per_minute bigint, key_tokens_per_minute bigint, key_concurrent_streams bigint,
    user_requests_per_minute bigint, user_tokens_per_minute bigint, user_concurrent_streams bigint,
    organization_requests_per_minute bigint, organization_tokens_per_minute bigint,
    organization_concurrent_streams bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = tollgate, pg_temp
AS $$
  SELECT 'tenant', k.id, k.name, k.organization_id, k.user_id, k.project, k.expires_at,
    k.allowed_models, k.allowed_routes,
    k.requests_per_minute, k.tokens_per_minute, k.concurrent_streams,
    u.requests_per_minute, u.tokens_per_minute, u.concurrent_streams,
    o.requests_per_minute, o.tokens_per_minute, o.concurrent_streams
  FROM api_keys k
    JOIN organizations o ON o.id = k.organization_id
    LEFT JOIN users u ON u.organization_id = k.organization_id AND u.id = k.user_id
  WHERE k.hash = key_hash
    AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())
    AND o.deleted_at IS NULL
  UNION ALL
  SELECT 'administrator', a.id, a.name, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM administrators a
  WHERE a.hash = key_hash AND a.revoked_at IS NULL
$$;

REVOKE ALL ON FUNCTION find_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_key TO tollgate_auth;
