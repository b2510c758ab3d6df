-- What was used, summed by hour and by day; and the end of the ledger's old months.
--
-- The sums are exact at every moment: docs/decisions/0043-rollups.md has the proof. Hours and days
-- are those of UTC. Locks: the advisory one of the ledger, usage_state, then tables.

SET LOCAL search_path TO tollgate, pg_temp;

-- The mark of an entry is the transaction that wrote it, so that "all that were written by
-- transactions below this one" is a set that nothing is added to. Entries from before have mark 0
-- and are summed here.
ALTER TABLE ledger ADD COLUMN mark bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger ALTER COLUMN mark SET DEFAULT pg_current_xact_id()::text::bigint + 0;
CREATE INDEX ledger_mark ON ledger (mark);

-- What runs as the owner (retirement, and the first sums below) reads every entry.
CREATE POLICY upkeep ON ledger FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY upkeep ON leases FOR SELECT TO CURRENT_USER USING (true);

-- One row. Entries with a mark below `below` are in the sums, all others are not. `shift` is what
-- marks of this server have beside the number of their transaction. Months before `retired_before`
-- are not in the ledger any more and never will be again.
CREATE TABLE usage_state (
  one            boolean     PRIMARY KEY DEFAULT true CHECK (one),
  below          bigint      NOT NULL,
  shift          bigint      NOT NULL DEFAULT 0,
  retired_before timestamptz NOT NULL DEFAULT '-infinity'
);

-- Sums --------------------------------------------------------------------------------------------

-- By one dimension at a time: all of them together would be nearly as many rows as the ledger.
-- 'kind' counts every entry, the others count charges alone. provider: beside a model. Of what has
-- the same names everywhere there is a sum of all organizations too, under the nil UUID.
CREATE TABLE usage_sums (
  organization_id       uuid        NOT NULL,
  dimension             text        NOT NULL
    CHECK (dimension IN ('kind', 'model', 'category', 'key', 'user', 'project', 'status')),
  span                  text        NOT NULL CHECK (span IN ('hour', 'day')),
  at                    timestamptz NOT NULL,
  value                 text        NOT NULL,
  provider              text        NOT NULL,
  entries               bigint  NOT NULL,
  unpriced              bigint  NOT NULL,
  downgraded            bigint  NOT NULL,
  errors                bigint  NOT NULL,
  disconnected          bigint  NOT NULL,
  cost_nanos            numeric NOT NULL,
  held_nanos            numeric NOT NULL,
  input_tokens          bigint  NOT NULL,
  cache_read_tokens     bigint  NOT NULL,
  cache_write_5m_tokens bigint  NOT NULL,
  cache_write_1h_tokens bigint  NOT NULL,
  output_tokens         bigint  NOT NULL,
  reasoning_tokens      bigint  NOT NULL,
  input_audio_tokens    bigint  NOT NULL,
  output_audio_tokens   bigint  NOT NULL,
  web_searches          bigint  NOT NULL,
  total_micros          bigint  NOT NULL,
  first_bytes           bigint  NOT NULL,
  first_byte_micros     bigint  NOT NULL,
  upstream_micros       bigint  NOT NULL,
  PRIMARY KEY (organization_id, dimension, span, at, value, provider)
) PARTITION BY LIST (span);

-- Apart, so that days lie close together: they are few, and most reads are of them.
CREATE TABLE usage_hours PARTITION OF usage_sums FOR VALUES IN ('hour') WITH (fillfactor = 80);
CREATE TABLE usage_days PARTITION OF usage_sums FOR VALUES IN ('day') WITH (fillfactor = 80);

CREATE INDEX usage_sums_all ON usage_sums (dimension, span, at);

-- What each entry adds, and its name in each dimension: the one definition that sums and direct
-- reads share. No entry may keep the others from being summed, hence the bounds on what a provider
-- or a caller says.
CREATE VIEW usage_entries WITH (security_invoker = true) AS
SELECT l.mark, l.held_at, l.organization_id,
  l.kind,
  coalesce(left(l.model_served, 200), '') AS model,
  coalesce(left(l.provider, 100), '') AS provider,
  coalesce(left(l.category, 200), '') AS category,
  coalesce(l.key_id::text, '') AS key,
  coalesce(l.user_id::text, '') AS "user",
  coalesce(left(l.project, 200), '') AS project,
  l.status,
  1::bigint AS entries,
  (l.kind = 'charge' AND l.cost_nanos IS NULL)::int::bigint AS unpriced,
  (l.ladder_step IS NOT NULL)::int::bigint AS downgraded,
  (l.status = 'error')::int::bigint AS errors,
  (l.status = 'disconnected')::int::bigint AS disconnected,
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
  coalesce(l.upstream_micros, 0) AS upstream_micros
FROM ledger l;

-- The same in every dimension that it counts in.
CREATE VIEW usage_parts WITH (security_invoker = true) AS
SELECT e.mark, e.held_at, e.organization_id, d.dimension, d.value, d.provider,
  e.entries, e.unpriced, e.downgraded, e.errors, e.disconnected, e.cost_nanos, e.held_nanos,
  e.input_tokens, e.cache_read_tokens, e.cache_write_5m_tokens, e.cache_write_1h_tokens,
  e.output_tokens, e.reasoning_tokens, e.input_audio_tokens, e.output_audio_tokens,
  e.web_searches, e.total_micros, e.first_bytes, e.first_byte_micros, e.upstream_micros
FROM usage_entries e CROSS JOIN LATERAL (VALUES
    ('kind', e.kind, ''),
    ('model', e.model, e.provider),
    ('category', e.category, ''),
    ('key', e.key, ''),
    ('user', e."user", ''),
    ('project', e.project, ''),
    ('status', e.status, '')
  ) AS d (dimension, value, provider)
WHERE d.dimension = 'kind' OR e.kind = 'charge';

-- Adds the entries of [since, upto) to the sums; how many they were.
CREATE FUNCTION usage_add(p_since bigint, p_upto bigint) RETURNS bigint
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  added bigint;
BEGIN
  WITH hours (organization_id, dimension, span, hour, value, provider,
      entries, unpriced, downgraded, errors, disconnected, cost_nanos, held_nanos, input_tokens,
      cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
      reasoning_tokens, input_audio_tokens, output_audio_tokens, web_searches, total_micros,
      first_bytes, first_byte_micros, upstream_micros
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
      sum(e.first_byte_micros)::bigint, sum(e.upstream_micros)::bigint
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
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint
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
      sum(first_bytes)::bigint, sum(first_byte_micros)::bigint, sum(upstream_micros)::bigint
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
      upstream_micros = s.upstream_micros + excluded.upstream_micros
  )
  SELECT coalesce(sum(entries), 0) INTO added FROM hours WHERE dimension = 'kind';
  RETURN added;
END
$$;

-- Sums what is certain not to get company any more: about p_most entries, whole transactions. Does
-- nothing where another node is at it.
CREATE FUNCTION usage_roll(p_most integer, OUT rolled bigint, OUT more boolean)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  state   usage_state;
  horizon bigint;
  first   bigint;
  upto    bigint;
BEGIN
  rolled := 0;
  more := false;
  SELECT * INTO state FROM usage_state FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint + state.shift;
  SELECT mark INTO first FROM ledger WHERE mark >= state.below AND mark < horizon
    ORDER BY mark LIMIT 1;
  IF first IS NULL THEN
    RETURN;
  END IF;
  SELECT mark INTO upto FROM ledger WHERE mark >= first AND mark < horizon
    ORDER BY mark LIMIT 1 OFFSET p_most;
  more := upto IS NOT NULL;
  -- The transaction of the first entry alone may be larger than asked for.
  upto := coalesce(greatest(upto, first + 1), horizon);
  rolled := usage_add(state.below, upto);
  UPDATE usage_state SET below = upto;
  -- A crash that loses this commit loses sums and state together: they are made again.
  PERFORM set_config('synchronous_commit', 'off', true);
END
$$;

-- Whether marks of this server are behind those that are summed, so that new entries would never
-- be: it then is another server, into which a dump was restored.
CREATE FUNCTION usage_astray() RETURNS boolean
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + shift < below FROM usage_state
$$;

-- Lifts the marks of this server above all that are there.
CREATE FUNCTION usage_rebase() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = tollgate, pg_temp SET lock_timeout = '5s'
AS $$
DECLARE
  state usage_state;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tollgate.ledger', 0));
  LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE;
  SELECT * INTO state FROM usage_state FOR NO KEY UPDATE;
  IF NOT usage_astray() THEN
    RETURN;
  END IF;
  state.shift := greatest(state.below, (SELECT coalesce(max(mark), 0) + 1 FROM ledger));
  EXECUTE format(
    'ALTER TABLE ledger ALTER COLUMN mark SET DEFAULT pg_current_xact_id()::text::bigint + %s',
    state.shift);
  UPDATE usage_state SET shift = state.shift;
END
$$;

-- What was used in [p_from, p_to), by a dimension, exactly as of the snapshot of the statement:
-- whole days and hours from the sums, parts of hours from the ledger, and from there too what is
-- not summed yet. STABLE, so that everything here sees that one snapshot.
--
-- p_organization: null for all. p_grouping: what value shall be: 'value', 'provider',
-- 'organization' or 'time'. p_bucket: 'hour', 'day' or null. Groups after p_after in the order of
-- their names, p_most of them.
CREATE FUNCTION usage_report(
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
    ' first_bytes, first_byte_micros, upstream_micros';
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
    || CASE p_dimension WHEN 'kind' THEN '' ELSE ' AND kind = ''charge''' END;
  names     text := format('%I, %s', p_dimension,
    CASE p_dimension WHEN 'model' THEN 'provider' ELSE quote_literal('') END);
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

-- The end of old months ---------------------------------------------------------------------------

-- What a window of a budget had in a month that is no longer in the ledger: with it, counters still
-- are sums.
CREATE TABLE closing_balances (
  budget_id       uuid        NOT NULL,
  window_id       bigint      NOT NULL,
  month           date        NOT NULL,
  organization_id uuid        NOT NULL,
  entries         bigint      NOT NULL,
  cost_nanos      numeric     NOT NULL,
  closed_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (budget_id, window_id, month)
);

CREATE FUNCTION closing_refuse() RETURNS trigger LANGUAGE plpgsql
  SET search_path = tollgate, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'closing balances are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closing_balances
  FOR EACH STATEMENT EXECUTE FUNCTION closing_refuse();

-- As before, but a month that was retired never comes back: an entry that comes for it after all
-- could be there already, and nobody could tell.
CREATE OR REPLACE FUNCTION ledger_partition(month date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = tollgate, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  first date := date_trunc('month', month)::date;
  name  text := 'ledger_' || to_char(first, 'YYYY_MM');
BEGIN
  IF to_regclass('tollgate.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  IF first < date '2020-01-01' OR first > current_date + 100 THEN
    RAISE EXCEPTION 'no partition of the ledger for %: too far from today', first
      USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tollgate.ledger', 0));
  IF to_regclass('tollgate.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  IF first < (SELECT retired_before FROM usage_state) THEN
    RAISE EXCEPTION 'no partition of the ledger for %: the month is retired', first
      USING ERRCODE = 'datetime_field_overflow';
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE ledger INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  EXECUTE format(
    'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I'
    ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', name);
  EXECUTE format(
    'ALTER TABLE ledger ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    name, first::timestamptz, (first + interval '1 month')::timestamptz);
END
$$;

-- Retires the oldest month that lies wholly before p_before: closing balances, then the entries and
-- the hours go; days stay. One commit, which stops inserts into that month while it adds up, and
-- all others only for the drop itself. Null: there is none. pending: not now, since it has entries
-- that are not summed yet, or money that was presumed spent and that nobody has resolved.
CREATE FUNCTION ledger_retire(
    p_before date, OUT retired date, OUT entries bigint, OUT pending boolean)
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = tollgate, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
AS $$
DECLARE
  cutoff date := date_trunc('month', p_before)::date;
  state  usage_state;
  name   text;
  first  date;
  after  date;
BEGIN
  pending := false;
  -- What journals may still bring is days old; this leaves it a month at least.
  IF cutoff > date_trunc('month', current_date) - interval '1 month' THEN
    RAISE EXCEPTION 'the ledger keeps this month and the one before, % is too late', p_before
      USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tollgate.ledger', 0));
  SELECT c.relname INTO name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'ledger'::regclass ORDER BY c.relname LIMIT 1;
  first := to_date(substr(name, 8), 'YYYY_MM');
  SELECT * INTO state FROM usage_state FOR NO KEY UPDATE;
  IF first IS NULL OR first >= cutoff THEN
    UPDATE usage_state SET retired_before = cutoff WHERE retired_before < cutoff;
    RETURN;
  END IF;
  after := first + interval '1 month';
  EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', name);
  -- What was presumed is taken back by an entry beside it, which must still be there.
  pending := EXISTS (SELECT FROM ledger l
      WHERE l.held_at >= first AND l.held_at < after AND l.mark >= state.below)
    OR EXISTS (SELECT FROM leases l
      WHERE l.state = 'frozen' AND NOT l.resolved AND l.presumed_nanos > 0
        AND l.frozen_at >= first - interval '1 day' AND l.frozen_at < after + interval '1 day');
  IF pending THEN
    RETURN;
  END IF;
  INSERT INTO closing_balances (budget_id, window_id, month, organization_id, entries, cost_nanos)
    SELECT t.budget_id, t.window_id, first, (array_agg(l.organization_id))[1], count(*),
      sum(coalesce(l.cost_nanos, 0))
    FROM ledger l, unnest(l.budgets, l.windows) AS t (budget_id, window_id)
    WHERE l.held_at >= first AND l.held_at < after
    GROUP BY t.budget_id, t.window_id;
  SELECT count(*) INTO entries FROM ledger l WHERE l.held_at >= first AND l.held_at < after;
  DELETE FROM usage_sums s WHERE s.span = 'hour' AND s.at >= first AND s.at < after;
  UPDATE usage_state SET retired_before = greatest(retired_before, after);
  EXECUTE format('DROP TABLE %I', name);
  PERFORM audit_append(NULL, 'retention', 'ledger.retire', 'ledger', name, NULL,
    jsonb_build_object('entries', entries));
  retired := first;
END
$$;

-- Who may see and do what -------------------------------------------------------------------------

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['usage_sums', 'closing_balances'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format(
      'CREATE POLICY spend ON %I TO tollgate_spend USING (true) WITH CHECK (true)', owned);
    EXECUTE format(
      'CREATE POLICY tenant ON %I FOR SELECT TO tollgate_app'
      ' USING (organization_id = current_organization())', owned);
    EXECUTE format(
      'CREATE POLICY administration ON %I FOR SELECT TO tollgate_admin USING (true)', owned);
    EXECUTE format(
      'CREATE POLICY upkeep ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', owned);
    EXECUTE format('GRANT SELECT ON %I TO tollgate_app, tollgate_admin, tollgate_spend', owned);
  END LOOP;
  FOREACH owned IN ARRAY ARRAY[
      'usage_add', 'usage_roll', 'usage_astray', 'usage_rebase', 'usage_report', 'ledger_retire']
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', owned);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO tollgate_spend', owned);
  END LOOP;
END
$$;

ALTER TABLE usage_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_hours FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_days FORCE ROW LEVEL SECURITY;

GRANT INSERT, UPDATE ON usage_sums TO tollgate_spend;
GRANT SELECT ON usage_state, usage_entries, usage_parts TO tollgate_app, tollgate_spend, tollgate_admin;
GRANT UPDATE (below) ON usage_state TO tollgate_spend;
GRANT EXECUTE ON FUNCTION usage_report TO tollgate_app, tollgate_admin;

-- What is there already: nothing can be added while this transaction holds the ledger's lock, and a
-- transaction that still waits for it has a number of at least xmin.
INSERT INTO usage_state (below)
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
DO $$
BEGIN
  PERFORM usage_add(0, 1);
END
$$;
