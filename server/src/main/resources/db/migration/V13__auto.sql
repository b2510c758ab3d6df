-- Calls whose kind of work was told by their prompt: how sure that was, and what it rested on.

SET LOCAL search_path TO tollgate, pg_temp;

ALTER TABLE ledger
  ADD COLUMN category_confidence double precision,
  ADD COLUMN category_reason text;
ALTER TABLE ledger
  ADD CONSTRAINT ledger_confidence_check CHECK (category_confidence BETWEEN 0 AND 1);

ALTER TYPE settlement
  ADD ATTRIBUTE category_confidence double precision, ADD ATTRIBUTE category_reason text;

-- As before, with what the category rests on.
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
      upstream_micros, budgets, windows, connector, tool, category_confidence, category_reason)
    SELECT e.held_at, e.call_id, e.attempt, 'charge', e.organization_id, e.key_id, e.user_id,
      e.project, e.request_id, e.request_class, e.category, e.model_asked, e.model_served,
      e.ladder_step, e.dialect, e.provider, e.credential, e.provider_request_id, e.raw_usage,
      e.input_tokens, e.cache_read_tokens, e.cache_write_5m_tokens, e.cache_write_1h_tokens,
      e.output_tokens, e.reasoning_tokens, e.input_audio_tokens, e.output_audio_tokens,
      e.web_searches, e.service_tier, e.speed, e.geo, e.price_version, e.held_nanos, e.cost_nanos,
      e.status, e.total_micros, e.first_byte_micros, e.upstream_micros, e.budgets, e.windows,
      e.connector, e.tool, e.category_confidence, e.category_reason
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
