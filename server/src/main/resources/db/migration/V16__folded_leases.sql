-- Leases that are over are added up: what a budget spent is read by adding its leases, and one that is
-- called now and then has a new one each time.

SET LOCAL search_path TO tollgate, pg_temp;

-- How many leases are added up in a row; 0: it is one lease.
ALTER TABLE leases ADD COLUMN folded bigint NOT NULL DEFAULT 0;

CREATE INDEX leases_unfolded ON leases (expires_at)
  WHERE folded = 0 AND presumed_nanos = 0 AND (state = 'closed' OR state = 'frozen' AND resolved);

GRANT DELETE ON leases TO tollgate_spend;

-- Adds up leases that ended p_age ago and of which nothing is presumed any more: of each window of a
-- budget one row stays, whose sums are theirs. How many rows were looked at; at most p_most.
--
-- Sums over leases are the same before and after for every snapshot. It waits for no lock, so it may
-- hold any. A charge that still comes for a lease that is gone makes one, as after a restore, and
-- that is added up in its turn. p_age is for a node that repeats a request since it had no answer:
-- a lease that is not there looks to it like a restored database.
CREATE FUNCTION spend_fold(p_age interval, p_most integer) RETURNS bigint
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  place  record;
  taken  bigint[];
  sum_of record;
  seen   bigint := 0;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  FOR place IN
    SELECT due.budget_id, due.window_id FROM (
      SELECT budget_id, window_id FROM leases
      WHERE folded = 0 AND presumed_nanos = 0 AND (state = 'closed' OR state = 'frozen' AND resolved)
        AND expires_at < clock_timestamp() - p_age
      ORDER BY expires_at LIMIT p_most) due
    GROUP BY due.budget_id, due.window_id
  LOOP
    SELECT array_agg(l.id ORDER BY l.folded DESC, l.id) AS ids, sum(l.granted_nanos)::bigint AS granted,
        sum(l.spent_nanos)::bigint AS spent, sum(greatest(l.folded, 1))::bigint AS leases
      INTO sum_of
      FROM (
        SELECT id, granted_nanos, spent_nanos, folded FROM leases
        WHERE budget_id = place.budget_id AND window_id = place.window_id AND presumed_nanos = 0
          AND (state = 'closed' OR state = 'frozen' AND resolved)
          AND (folded > 0 OR expires_at < clock_timestamp() - p_age)
        ORDER BY folded DESC, id LIMIT p_most + 1 FOR UPDATE SKIP LOCKED) l;
    CONTINUE WHEN sum_of.ids IS NULL;
    DELETE FROM leases WHERE id = ANY (sum_of.ids[2:]);
    UPDATE leases SET granted_nanos = sum_of.granted, spent_nanos = sum_of.spent, state = 'closed',
        resolved = true, recall_at = NULL, folded = sum_of.leases
      WHERE id = sum_of.ids[1];
    seen := seen + cardinality(sum_of.ids);
    EXIT WHEN seen >= p_most;
  END LOOP;
  RETURN seen;
END
$$;

-- As before, but the lease is locked before it is read: what its node takes back meanwhile is not
-- taken back a second time.
CREATE OR REPLACE FUNCTION spend_divert(
    p_node uuid, p_epoch bigint, p_lease bigint, p_budget uuid, p_window bigint,
    p_entry settlement) RETURNS void
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  cost    bigint := coalesce(p_entry.cost_nanos, 0);
  held    leases;
  covered bigint;
BEGIN
  SELECT * INTO held FROM leases
    WHERE id = p_lease AND budget_id = p_budget AND window_id = p_window FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO budget_windows (budget_id, window_id, organization_id)
      SELECT b.id, p_window, b.organization_id FROM budgets b WHERE b.id = p_budget
      ON CONFLICT DO NOTHING;
    INSERT INTO leases (budget_id, window_id, organization_id, node_id, epoch, state, expires_at,
        resolved)
      SELECT b.id, p_window, b.organization_id, p_node, p_epoch, 'closed', clock_timestamp(), true
      FROM budgets b WHERE b.id = p_budget
      RETURNING * INTO held;
    IF NOT FOUND THEN
      RETURN;
    END IF;
  END IF;
  covered := least(cost, held.presumed_nanos);
  IF covered > 0 THEN
    -- One entry for each budget of a call, told apart by a thousand attempts.
    INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, key_id, user_id, project,
        request_id, held_nanos, cost_nanos, status, budgets, windows)
      VALUES (p_entry.held_at, p_entry.call_id,
        p_entry.attempt + 1000 * (array_position(p_entry.budgets, p_budget) - 1), 'reversal',
        p_entry.organization_id, p_entry.key_id, p_entry.user_id, p_entry.project,
        p_entry.request_id, 0, -covered, 'presumed', ARRAY[p_budget], ARRAY[p_window]);
  END IF;
  UPDATE leases SET
      presumed_nanos = presumed_nanos - covered,
      spent_nanos = spent_nanos + cost - covered,
      granted_nanos = granted_nanos + cost - covered
    WHERE id = held.id;
  UPDATE budgets SET granted_nanos = granted_nanos + cost - covered
    WHERE id = p_budget AND window_id = p_window AND cost > covered;
END
$$;

REVOKE ALL ON FUNCTION spend_fold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spend_fold TO tollgate_spend;
