-- Calls of tools: what they cost, and how many there were.

SET LOCAL search_path TO tollgate, pg_temp;

-- Of a call of any tool that has no price of its own; those are in policies.
ALTER TABLE connectors ADD COLUMN price_nanos bigint CHECK (price_nanos >= 0);

-- The ledger --------------------------------------------------------------------------------------

-- A call of a tool that has a price is a charge like any other. Those without one, and answers of
-- the cache ('cached'), are counted: an entry of kind 'count' stands for `calls` of them within a
-- minute, costs nothing and is in no budget.
ALTER TABLE ledger
  ADD COLUMN connector text,
  ADD COLUMN tool text,
  ADD COLUMN calls bigint NOT NULL DEFAULT 1 CHECK (calls > 0),
  DROP CONSTRAINT ledger_kind_check,
  DROP CONSTRAINT ledger_status_check;
ALTER TABLE ledger
  ADD CONSTRAINT ledger_kind_check
    CHECK (kind IN ('charge', 'count', 'presumed', 'reversal', 'adjustment')),
  ADD CONSTRAINT ledger_status_check
    CHECK (status IN ('ok', 'error', 'disconnected', 'cached', 'presumed')),
  ADD CONSTRAINT ledger_count_check
    CHECK (kind <> 'count' OR (cost_nanos = 0 AND held_nanos = 0 AND budgets = '{}'));

ALTER TYPE settlement ADD ATTRIBUTE connector text, ADD ATTRIBUTE tool text;

-- As before, with connector and tool.
CREATE OR REPLACE FUNCTION spend_settle(
    p_node uuid, p_epoch bigint, p_after bigint, p_batch bigint, p_entries settlement[],
    OUT superseded boolean, OUT fenced bigint[], OUT known bigint)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  diverted settlement[];
  one      settlement;
  place    integer;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  SELECT batch INTO known FROM nodes WHERE id = p_node AND epoch = p_epoch FOR NO KEY UPDATE;
  superseded := NOT FOUND;
  -- Not past a gap: a database that was restored says what it lacks until it is brought up to date.
  UPDATE nodes SET seen_at = clock_timestamp(),
      batch = CASE WHEN batch >= p_after THEN greatest(batch, p_batch) ELSE batch END
    WHERE id = p_node AND epoch = p_epoch;

  WITH asked AS (
    SELECT DISTINCT u.lease, u.budget, u.win
    FROM unnest(p_entries) e, unnest(e.leases, e.budgets, e.windows) u (lease, budget, win)
  ), locked AS (
    SELECT l.id, l.budget_id, l.window_id FROM leases l
    WHERE l.id IN (SELECT a.lease FROM asked a) AND l.state = 'live'
    ORDER BY l.id FOR NO KEY UPDATE
  )
  SELECT coalesce(array_agg(DISTINCT a.lease) FILTER (WHERE k.id IS NULL), '{}') INTO fenced
    FROM asked a
      LEFT JOIN locked k ON k.id = a.lease AND k.budget_id = a.budget AND k.window_id = a.win;

  WITH entry AS MATERIALIZED (
    SELECT e AS whole, e.* FROM unnest(p_entries) e
  ), inserted AS (
    INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, key_id, user_id, project,
      request_id, request_class, category, model_asked, model_served, ladder_step, dialect,
      provider, credential, provider_request_id, raw_usage, input_tokens, cache_read_tokens,
      cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
      input_audio_tokens, output_audio_tokens, web_searches, service_tier, speed, geo,
      price_version, held_nanos, cost_nanos, status, total_micros, first_byte_micros,
      upstream_micros, budgets, windows, connector, tool)
    SELECT e.held_at, e.call_id, e.attempt, 'charge', e.organization_id, e.key_id, e.user_id,
      e.project, e.request_id, e.request_class, e.category, e.model_asked, e.model_served,
      e.ladder_step, e.dialect, e.provider, e.credential, e.provider_request_id, e.raw_usage,
      e.input_tokens, e.cache_read_tokens, e.cache_write_5m_tokens, e.cache_write_1h_tokens,
      e.output_tokens, e.reasoning_tokens, e.input_audio_tokens, e.output_audio_tokens,
      e.web_searches, e.service_tier, e.speed, e.geo, e.price_version, e.held_nanos, e.cost_nanos,
      e.status, e.total_micros, e.first_byte_micros, e.upstream_micros, e.budgets, e.windows,
      e.connector, e.tool
    FROM entry e
    ON CONFLICT DO NOTHING
    RETURNING call_id, attempt
  ), fresh AS (
    SELECT e.* FROM inserted i JOIN entry e ON e.call_id = i.call_id AND e.attempt = i.attempt
  ), share AS (
    SELECT u.lease, sum(coalesce(f.cost_nanos, 0))::bigint AS cost,
      sum(greatest(f.cost_nanos - f.held_nanos, 0))::bigint AS excess
    FROM fresh f, unnest(f.leases) AS u (lease)
    WHERE u.lease <> ALL (fenced) GROUP BY u.lease
  ), charged AS (
    UPDATE leases l SET
        spent_nanos = l.spent_nanos + s.cost, granted_nanos = l.granted_nanos + s.excess
      FROM share s WHERE l.id = s.lease
      RETURNING l.budget_id, l.window_id, s.excess
  ), raised AS (
    UPDATE budgets b SET granted_nanos = b.granted_nanos + c.excess
      -- A budget may have several leases in a batch: its row is updated but once.
      FROM (SELECT budget_id, window_id, sum(excess)::bigint AS excess FROM charged
            WHERE excess > 0 GROUP BY budget_id, window_id) c
      WHERE b.id = c.budget_id AND b.window_id = c.window_id
  )
  SELECT array_agg(f.whole) FILTER (WHERE f.leases && fenced) INTO diverted FROM fresh f;

  IF diverted IS NOT NULL THEN
    FOREACH one IN ARRAY diverted LOOP
      FOR place IN 1 .. cardinality(one.leases) LOOP
        IF one.leases[place] = ANY (fenced) THEN
          PERFORM spend_divert(p_node, p_epoch, one.leases[place], one.budgets[place],
            one.windows[place], one);
        END IF;
      END LOOP;
    END LOOP;
  END IF;
END
$$;

-- Usage -------------------------------------------------------------------------------------------

-- 'tool': a tool, with its connector beside it. cached: calls that the cache answered.
ALTER TABLE usage_sums
  ADD COLUMN cached bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT usage_sums_dimension_check;
ALTER TABLE usage_sums ADD CONSTRAINT usage_sums_dimension_check CHECK (
  dimension IN ('kind', 'model', 'category', 'key', 'user', 'project', 'status', 'tool'));

CREATE OR REPLACE VIEW usage_entries WITH (security_invoker = true) AS
SELECT l.mark, l.held_at, l.organization_id,
  l.kind,
  coalesce(left(l.model_served, 200), '') AS model,
  coalesce(left(l.provider, 100), '') AS provider,
  coalesce(left(l.category, 200), '') AS category,
  coalesce(l.key_id::text, '') AS key,
  coalesce(l.user_id::text, '') AS "user",
  coalesce(left(l.project, 200), '') AS project,
  l.status,
  l.calls AS entries,
  (l.kind = 'charge' AND l.cost_nanos IS NULL)::int::bigint AS unpriced,
  (l.ladder_step IS NOT NULL)::int::bigint AS downgraded,
  CASE l.status WHEN 'error' THEN l.calls ELSE 0 END AS errors,
  CASE l.status WHEN 'disconnected' THEN l.calls ELSE 0 END AS disconnected,
  coalesce(l.cost_nanos, 0)::numeric AS cost_nanos,
  l.held_nanos::numeric AS held_nanos,
  least(coalesce(l.input_tokens, 0), 1000000000000) AS input_tokens,
  least(coalesce(l.cache_read_tokens, 0), 1000000000000) AS cache_read_tokens,
  least(coalesce(l.cache_write_5m_tokens, 0), 1000000000000) AS cache_write_5m_tokens,
  least(coalesce(l.cache_write_1h_tokens, 0), 1000000000000) AS cache_write_1h_tokens,
  least(coalesce(l.output_tokens, 0), 1000000000000) AS output_tokens,
  least(coalesce(l.reasoning_tokens, 0), 1000000000000) AS reasoning_tokens,
  least(coalesce(l.input_audio_tokens, 0), 1000000000000) AS input_audio_tokens,
  least(coalesce(l.output_audio_tokens, 0), 1000000000000) AS output_audio_tokens,
  least(coalesce(l.web_searches, 0), 1000000000000) AS web_searches,
  coalesce(l.total_micros, 0) AS total_micros,
  (coalesce(l.first_byte_micros, -1) >= 0)::int::bigint AS first_bytes,
  greatest(coalesce(l.first_byte_micros, 0), 0) AS first_byte_micros,
  coalesce(l.upstream_micros, 0) AS upstream_micros,
  coalesce(left(l.tool, 200), '') AS tool,
  coalesce(left(l.connector, 100), '') AS connector,
  CASE l.status WHEN 'cached' THEN l.calls ELSE 0 END AS cached
FROM ledger l;

-- The same in every dimension that it counts in.
CREATE OR REPLACE VIEW usage_parts WITH (security_invoker = true) AS
SELECT e.mark, e.held_at, e.organization_id, d.dimension, d.value, d.provider,
  e.entries, e.unpriced, e.downgraded, e.errors, e.disconnected, e.cost_nanos, e.held_nanos,
  e.input_tokens, e.cache_read_tokens, e.cache_write_5m_tokens, e.cache_write_1h_tokens,
  e.output_tokens, e.reasoning_tokens, e.input_audio_tokens, e.output_audio_tokens,
  e.web_searches, e.total_micros, e.first_bytes, e.first_byte_micros, e.upstream_micros,
  e.cached
FROM usage_entries e CROSS JOIN LATERAL (VALUES
    ('kind', e.kind, ''),
    ('model', e.model, e.provider),
    ('category', e.category, ''),
    ('key', e.key, ''),
    ('user', e."user", ''),
    ('project', e.project, ''),
    ('status', e.status, ''),
    ('tool', e.tool, e.connector)
  ) AS d (dimension, value, provider)
WHERE d.dimension = 'kind' OR e.kind IN ('charge', 'count');

-- Adds the entries of [since, upto) to the sums; how many they were, a count as often as it has calls.
CREATE OR REPLACE FUNCTION usage_add(p_since bigint, p_upto bigint) RETURNS bigint
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  added bigint;
BEGIN
  WITH hours (organization_id, dimension, span, hour, value, provider,
      entries, unpriced, downgraded, errors, disconnected, cost_nanos, held_nanos, input_tokens,
      cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
      reasoning_tokens, input_audio_tokens, output_audio_tokens, web_searches, total_micros,
      first_bytes, first_byte_micros, upstream_micros, cached
  ) AS MATERIALIZED (
    SELECT e.organization_id, e.dimension, 'hour', date_trunc('hour', e.held_at, 'UTC'), e.value,
      e.provider,
      sum(e.entries)::bigint, sum(e.unpriced)::bigint, sum(e.downgraded)::bigint,
      sum(e.errors)::bigint, sum(e.disconnected)::bigint, sum(e.cost_nanos), sum(e.held_nanos),
      sum(e.input_tokens)::bigint, sum(e.cache_read_tokens)::bigint,
      sum(e.cache_write_5m_tokens)::bigint, sum(e.cache_write_1h_tokens)::bigint,
      sum(e.output_tokens)::bigint, sum(e.reasoning_tokens)::bigint,
      sum(e.input_audio_tokens)::bigint, sum(e.output_audio_tokens)::bigint,
      sum(e.web_searches)::bigint, sum(e.total_micros)::bigint, sum(e.first_bytes)::bigint,
      sum(e.first_byte_micros)::bigint, sum(e.upstream_micros)::bigint,
      sum(e.cached)::bigint
    FROM usage_parts e WHERE e.mark >= p_since AND e.mark < p_upto
    GROUP BY 1, 2, 3, 4, 5, 6
  ), deltas AS MATERIALIZED (
    SELECT * FROM hours
    UNION ALL
    SELECT '00000000-0000-0000-0000-000000000000', dimension, span, hour, value, provider,
      sum(entries)::bigint, sum(unpriced)::bigint, sum(downgraded)::bigint, sum(errors)::bigint,
      sum(disconnected)::bigint, sum(cost_nanos), sum(held_nanos), sum(input_tokens)::bigint,
      sum(cache_read_tokens)::bigint, sum(cache_write_5m_tokens)::bigint,
      sum(cache_write_1h_tokens)::bigint, sum(output_tokens)::bigint,
      sum(reasoning_tokens)::bigint, sum(input_audio_tokens)::bigint,
      sum(output_audio_tokens)::bigint, sum(web_searches)::bigint, sum(total_micros)::bigint,
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint,
      sum(cached)::bigint
    FROM hours WHERE dimension IN ('kind', 'model', 'category', 'status') GROUP BY 2, 3, 4, 5, 6
  ), summed AS (
    INSERT INTO usage_sums AS s
    SELECT * FROM deltas
    UNION ALL
    SELECT organization_id, dimension, 'day', date_trunc('day', hour, 'UTC'), value, provider,
      sum(entries)::bigint, sum(unpriced)::bigint, sum(downgraded)::bigint, sum(errors)::bigint,
      sum(disconnected)::bigint, sum(cost_nanos), sum(held_nanos), sum(input_tokens)::bigint,
      sum(cache_read_tokens)::bigint, sum(cache_write_5m_tokens)::bigint,
      sum(cache_write_1h_tokens)::bigint, sum(output_tokens)::bigint,
      sum(reasoning_tokens)::bigint, sum(input_audio_tokens)::bigint,
      sum(output_audio_tokens)::bigint, sum(web_searches)::bigint, sum(total_micros)::bigint,
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint,
      sum(cached)::bigint
    FROM deltas GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (organization_id, dimension, span, at, value, provider) DO UPDATE SET
      entries = s.entries + excluded.entries, unpriced = s.unpriced + excluded.unpriced,
      downgraded = s.downgraded + excluded.downgraded, errors = s.errors + excluded.errors,
      disconnected = s.disconnected + excluded.disconnected,
      cost_nanos = s.cost_nanos + excluded.cost_nanos,
      held_nanos = s.held_nanos + excluded.held_nanos,
      input_tokens = s.input_tokens + excluded.input_tokens,
      cache_read_tokens = s.cache_read_tokens + excluded.cache_read_tokens,
      cache_write_5m_tokens = s.cache_write_5m_tokens + excluded.cache_write_5m_tokens,
      cache_write_1h_tokens = s.cache_write_1h_tokens + excluded.cache_write_1h_tokens,
      output_tokens = s.output_tokens + excluded.output_tokens,
      reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
      input_audio_tokens = s.input_audio_tokens + excluded.input_audio_tokens,
      output_audio_tokens = s.output_audio_tokens + excluded.output_audio_tokens,
      web_searches = s.web_searches + excluded.web_searches,
      total_micros = s.total_micros + excluded.total_micros,
      first_bytes = s.first_bytes + excluded.first_bytes,
      first_byte_micros = s.first_byte_micros + excluded.first_byte_micros,
      upstream_micros = s.upstream_micros + excluded.upstream_micros,
      cached = s.cached + excluded.cached
  )
  SELECT coalesce(sum(entries), 0) INTO added FROM hours WHERE dimension = 'kind';
  RETURN added;
END
$$;

-- What was used in [p_from, p_to), by a dimension, exactly as of the snapshot of the statement:
-- whole days and hours from the sums, parts of hours from the ledger, and from there too what is
-- not summed yet. STABLE, so that everything here sees that one snapshot.
--
-- p_organization: null for all. p_grouping: what value shall be: 'value', 'provider',
-- 'organization' or 'time'. p_bucket: 'hour', 'day' or null. Groups after p_after in the order of
-- their names, p_most of them.
CREATE OR REPLACE FUNCTION usage_report(
    p_organization uuid, p_from timestamptz, p_to timestamptz, p_dimension text, p_grouping text,
    p_bucket text, p_after text[], p_most bigint)
  RETURNS SETOF usage_sums
  LANGUAGE plpgsql STABLE SET search_path = tollgate, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  measures  text :=
    ' entries, unpriced, downgraded, errors, disconnected, cost_nanos, held_nanos, input_tokens,'
    ' cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,'
    ' reasoning_tokens, input_audio_tokens, output_audio_tokens, web_searches, total_micros,'
    ' first_bytes, first_byte_micros, upstream_micros, cached';
  lower     timestamptz := coalesce(p_from, '-infinity');
  upper     timestamptz := coalesce(p_to, 'infinity');
  hour_from timestamptz := date_trunc('hour', lower, 'UTC');
  hour_to   timestamptz := date_trunc('hour', upper, 'UTC');
  day_from  timestamptz;
  day_to    timestamptz;
  since     bigint;
  every     uuid := '00000000-0000-0000-0000-000000000000';
  -- Whose rows: one's; the sum of all; or, where there is none, all but that.
  whole     boolean := p_organization IS NULL AND p_grouping <> 'organization'
    AND p_dimension IN ('kind', 'model', 'category', 'status');
  sums      text := CASE WHEN p_organization IS NOT NULL OR whole
    THEN ' AND organization_id = $1' ELSE ' AND organization_id <> $1' END;
  entries   text := CASE WHEN p_organization IS NULL THEN '' ELSE sums END
    || CASE p_dimension WHEN 'kind' THEN '' ELSE ' AND kind IN (''charge'', ''count'')' END;
  names     text := format('%I, %s', p_dimension,
    CASE p_dimension WHEN 'model' THEN 'provider' WHEN 'tool' THEN 'connector' ELSE quote_literal('') END);
  bucket    text := CASE WHEN p_bucket IS NULL THEN 'NULL::timestamptz'
    ELSE format('date_trunc(%L, at, ''UTC'')', p_bucket) END;
  name      text := CASE p_grouping
    WHEN 'value' THEN 'value'
    WHEN 'provider' THEN 'provider'
    WHEN 'organization' THEN 'organization_id::text'
    WHEN 'time' THEN 'to_char(' || bucket || ', ''YYYY-MM-DD"T"HH24:MI:SS"Z"'')' END;
BEGIN
  SELECT below INTO STRICT since FROM usage_state;
  IF hour_from < lower THEN
    hour_from := hour_from + interval '1 hour';
  END IF;
  IF hour_from >= hour_to THEN
    hour_from := upper;
    hour_to := upper;
  END IF;
  day_from := date_trunc('day', hour_from, 'UTC');
  day_to := date_trunc('day', hour_to, 'UTC');
  IF day_from < hour_from THEN
    day_from := day_from + interval '1 day';
  END IF;
  IF day_from >= day_to OR p_bucket = 'hour' THEN
    day_from := hour_from;
    day_to := hour_from;
  END IF;
  RETURN QUERY EXECUTE format(
    $query$
      SELECT NULL::uuid, $10, $11, at, value, provider, %4$s
      FROM (
        SELECT at, value, provider,
          sum(entries)::bigint AS entries, sum(unpriced)::bigint AS unpriced,
          sum(downgraded)::bigint AS downgraded, sum(errors)::bigint AS errors,
          sum(disconnected)::bigint AS disconnected, sum(cost_nanos) AS cost_nanos,
          sum(held_nanos) AS held_nanos, sum(input_tokens)::bigint AS input_tokens,
          sum(cache_read_tokens)::bigint AS cache_read_tokens,
          sum(cache_write_5m_tokens)::bigint AS cache_write_5m_tokens,
          sum(cache_write_1h_tokens)::bigint AS cache_write_1h_tokens,
          sum(output_tokens)::bigint AS output_tokens,
          sum(reasoning_tokens)::bigint AS reasoning_tokens,
          sum(input_audio_tokens)::bigint AS input_audio_tokens,
          sum(output_audio_tokens)::bigint AS output_audio_tokens,
          sum(web_searches)::bigint AS web_searches, sum(total_micros)::bigint AS total_micros,
          sum(first_bytes)::bigint AS first_bytes,
          sum(first_byte_micros)::bigint AS first_byte_micros,
          sum(upstream_micros)::bigint AS upstream_micros,
          sum(cached)::bigint AS cached,
          dense_rank() OVER (ORDER BY value, provider) AS place
        FROM (
          SELECT %2$s AS at, %3$s COLLATE "C" AS value,
            CASE WHEN $12 = 'value' THEN provider ELSE '' END COLLATE "C" AS provider, %4$s
          FROM (
            SELECT at, organization_id, value, provider, %4$s FROM usage_sums
            WHERE dimension = $10 AND span = 'day' AND at >= $4 AND at < $5 %1$s
            UNION ALL
            SELECT at, organization_id, value, provider, %4$s FROM usage_sums
            WHERE dimension = $10 AND span = 'hour' AND at >= $3 AND at < $4 %1$s
            UNION ALL
            SELECT at, organization_id, value, provider, %4$s FROM usage_sums
            WHERE dimension = $10 AND span = 'hour' AND at >= $5 AND at < $6 %1$s
            UNION ALL
            SELECT held_at, organization_id, %6$s, %4$s FROM usage_entries
            WHERE mark >= $8 AND held_at >= $3 AND held_at < $6 %5$s
            UNION ALL
            SELECT held_at, organization_id, %6$s, %4$s FROM usage_entries
            WHERE held_at >= $2 AND held_at < $3 %5$s
            UNION ALL
            SELECT held_at, organization_id, %6$s, %4$s FROM usage_entries
            WHERE held_at >= $6 AND held_at < $7 %5$s
          ) part
        ) named
        WHERE $9 IS NULL OR (value, provider) > ($9[1], $9[2])
        GROUP BY at, value, provider
      ) grouped
      WHERE place <= $13 ORDER BY value, provider, at
    $query$, sums, bucket, name, measures, entries, names)
    USING coalesce(p_organization, every), lower, hour_from, day_from, day_to, hour_to, upper, since,
      p_after, p_dimension, coalesce(p_bucket, 'all'), p_grouping, p_most;
END
$$;

-- What is summed already was no call of a tool.
INSERT INTO usage_sums (organization_id, dimension, span, at, value, provider, entries, unpriced,
    downgraded, errors, disconnected, cost_nanos, held_nanos, input_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
    input_audio_tokens, output_audio_tokens, web_searches, total_micros, first_bytes,
    first_byte_micros, upstream_micros)
  SELECT organization_id, 'tool', span, at, '', '', sum(entries), sum(unpriced), sum(downgraded),
    sum(errors), sum(disconnected), sum(cost_nanos), sum(held_nanos), sum(input_tokens),
    sum(cache_read_tokens), sum(cache_write_5m_tokens), sum(cache_write_1h_tokens),
    sum(output_tokens), sum(reasoning_tokens), sum(input_audio_tokens), sum(output_audio_tokens),
    sum(web_searches), sum(total_micros), sum(first_bytes), sum(first_byte_micros),
    sum(upstream_micros)
  FROM usage_sums
  WHERE dimension = 'status' AND organization_id <> '00000000-0000-0000-0000-000000000000'
  GROUP BY organization_id, span, at;
