-- What was used, summed by week too once a week is over: questions of many days about many keys or
-- users read a seventh of the rows. docs/decisions/0043-rollups.md has the proof. Weeks are those of
-- UTC and begin on Mondays.

SET LOCAL search_path TO tollgate, pg_temp;

ALTER TABLE usage_sums DROP CONSTRAINT usage_sums_span_check;
ALTER TABLE usage_sums ADD CONSTRAINT usage_sums_span_check CHECK (span IN ('hour', 'day', 'week'));

CREATE TABLE usage_weeks PARTITION OF usage_sums FOR VALUES IN ('week') WITH (fillfactor = 80);
ALTER TABLE usage_weeks ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_weeks FORCE ROW LEVEL SECURITY;

-- Weeks that began before it are summed, all others are not.
ALTER TABLE usage_state ADD COLUMN weeks_before timestamptz NOT NULL DEFAULT '-infinity';
GRANT UPDATE (weeks_before) ON usage_state TO tollgate_spend;

-- Adds the entries of [since, upto) to the sums; how many they were, a count as often as it has calls.
-- Those of a week that is summed already come into that too.
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
    UNION ALL
    SELECT organization_id, dimension, 'week', date_trunc('week', hour, 'UTC'), value, provider,
      sum(entries)::bigint, sum(unpriced)::bigint, sum(downgraded)::bigint, sum(errors)::bigint,
      sum(disconnected)::bigint, sum(cost_nanos), sum(held_nanos), sum(input_tokens)::bigint,
      sum(cache_read_tokens)::bigint, sum(cache_write_5m_tokens)::bigint,
      sum(cache_write_1h_tokens)::bigint, sum(output_tokens)::bigint,
      sum(reasoning_tokens)::bigint, sum(input_audio_tokens)::bigint,
      sum(output_audio_tokens)::bigint, sum(web_searches)::bigint, sum(total_micros)::bigint,
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint,
      sum(cached)::bigint
    FROM deltas WHERE hour < (SELECT weeks_before FROM usage_state)
    GROUP BY 1, 2, 3, 4, 5, 6
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

-- Sums the next week that is over and is not summed yet, out of its days. Does nothing where another
-- node is at it. Whether there may be more.
CREATE FUNCTION usage_fold() RETURNS boolean
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp SET timezone = 'UTC'
  SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  due    timestamptz := date_trunc('week', clock_timestamp());
  since  timestamptz;
  monday timestamptz;
BEGIN
  IF (SELECT weeks_before FROM usage_state) >= due THEN
    RETURN false;
  END IF;
  SELECT weeks_before INTO since FROM usage_state FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND OR since >= due THEN
    RETURN false;
  END IF;
  SELECT date_trunc('week', min(at)) INTO monday FROM usage_sums
    WHERE dimension = 'kind' AND span = 'day' AND at >= since AND at < due;
  INSERT INTO usage_sums
    SELECT organization_id, dimension, 'week', monday, value, provider,
      sum(entries)::bigint, sum(unpriced)::bigint, sum(downgraded)::bigint, sum(errors)::bigint,
      sum(disconnected)::bigint, sum(cost_nanos), sum(held_nanos), sum(input_tokens)::bigint,
      sum(cache_read_tokens)::bigint, sum(cache_write_5m_tokens)::bigint,
      sum(cache_write_1h_tokens)::bigint, sum(output_tokens)::bigint,
      sum(reasoning_tokens)::bigint, sum(input_audio_tokens)::bigint,
      sum(output_audio_tokens)::bigint, sum(web_searches)::bigint, sum(total_micros)::bigint,
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint,
      sum(cached)::bigint
    FROM usage_sums WHERE span = 'day' AND at >= monday AND at < monday + interval '7 days'
    GROUP BY organization_id, dimension, value, provider;
  UPDATE usage_state SET weeks_before = coalesce(monday + interval '7 days', due);
  -- As with usage_roll: what a crash loses is made again.
  PERFORM set_config('synchronous_commit', 'off', true);
  RETURN monday IS NOT NULL;
END
$$;

-- What was used in [p_from, p_to), by a dimension, exactly as of the snapshot of the statement:
-- whole weeks, days and hours from the sums, parts of hours from the ledger, and from there too what
-- is not summed yet. STABLE, so that everything here sees that one snapshot.
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
  week_from timestamptz;
  week_to   timestamptz;
  state     usage_state;
  part      record;
  parts     text[];
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
  SELECT * INTO STRICT state FROM usage_state;
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
  week_from := date_trunc('week', day_from, 'UTC');
  week_to := least(date_trunc('week', day_to, 'UTC'), state.weeks_before);
  IF week_from < day_from THEN
    week_from := week_from + interval '7 days';
  END IF;
  IF week_from >= week_to OR p_bucket = 'day' THEN
    week_from := day_from;
    week_to := day_from;
  END IF;
  -- A span in which nothing lies is not even planned.
  FOR part IN SELECT * FROM (VALUES
      ('week', week_from, week_to), ('day', day_from, week_from), ('day', week_to, day_to),
      ('hour', hour_from, day_from), ('hour', day_to, hour_to)) AS t (span, lower, upper)
    WHERE t.lower < t.upper
  LOOP
    parts := parts || format('SELECT at, organization_id, value, provider, %s FROM usage_sums'
      ' WHERE dimension = $2 AND span = %L AND at >= %L AND at < %L %s',
      measures, part.span, part.lower, part.upper, sums);
  END LOOP;
  FOR part IN SELECT * FROM (VALUES
      ('mark >= $3 AND', hour_from, hour_to), ('', lower, hour_from), ('', hour_to, upper))
      AS t (condition, lower, upper)
    WHERE t.lower < t.upper
  LOOP
    parts := parts || format('SELECT held_at, organization_id, %s, %s FROM usage_entries'
      ' WHERE %s held_at >= %L AND held_at < %L %s',
      names, measures, part.condition, part.lower, part.upper, entries);
  END LOOP;
  IF parts IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format(
    $query$
      SELECT NULL::uuid, $2, $5, at, value, provider, %4$s
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
            CASE WHEN $6 = 'value' THEN provider ELSE '' END COLLATE "C" AS provider, %4$s
          FROM (
            %1$s
          ) part (at, organization_id, value, provider, %4$s)
        ) named
        WHERE $4 IS NULL OR (value, provider) > ($4[1], $4[2])
        GROUP BY at, value, provider
      ) grouped
      WHERE place <= $7 ORDER BY value, provider, at
    $query$, array_to_string(parts, ' UNION ALL '), bucket, name, measures)
    USING coalesce(p_organization, every), p_dimension, state.below, p_after,
      coalesce(p_bucket, 'all'), p_grouping, p_most;
END
$$;

REVOKE ALL ON FUNCTION usage_fold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_fold TO tollgate_spend;
