-- Budgets of users, keys and projects; windows by the calendar; leases that expire, are called back,
-- and are resolved after a crash; a database that was restored.
--
-- Locks as before: nodes, leases by id, budgets. A budget that rolls over locks itself first, and
-- then only a lease that nobody else can know yet.

SET LOCAL search_path TO tollgate, pg_temp;

-- Budgets ------------------------------------------------------------------------------------------

-- label: what messages call the subject. window_ends_at: null where only an administrator ends it.
ALTER TABLE budgets
  ADD COLUMN label          text        NOT NULL DEFAULT '',
  ADD COLUMN time_zone      text        NOT NULL DEFAULT 'UTC',
  ADD COLUMN window_ends_at timestamptz,
  ADD COLUMN removed_at     timestamptz;

-- Which budgets an organization has: the number changes with them.
CREATE TABLE budget_sets (
  organization_id uuid   PRIMARY KEY REFERENCES organizations (id),
  version         bigint NOT NULL
);

CREATE FUNCTION budget_set_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
BEGIN
  INSERT INTO budget_sets AS s (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = s.version + 1;
  RETURN NULL;
END
$$;

CREATE TRIGGER set_changed AFTER INSERT OR UPDATE OF removed_at ON budgets
  FOR EACH ROW EXECUTE FUNCTION budget_set_changed();

DO $$
BEGIN
  ALTER TABLE budget_sets ENABLE ROW LEVEL SECURITY;
  ALTER TABLE budget_sets FORCE ROW LEVEL SECURITY;
  CREATE POLICY spend ON budget_sets TO tollgate_spend USING (true) WITH CHECK (true);
  CREATE POLICY tenant ON budget_sets FOR SELECT TO tollgate_app
    USING (organization_id = current_organization());
  CREATE POLICY administration ON budget_sets FOR SELECT TO tollgate_admin USING (true);
  GRANT SELECT ON budget_sets TO tollgate_app, tollgate_admin;
  GRANT SELECT, INSERT, UPDATE ON budget_sets TO tollgate_spend;
END
$$;

INSERT INTO budget_sets (organization_id, version)
  SELECT DISTINCT organization_id, 1 FROM budgets;

-- When the window ends that holds p_at; null: by itself it does not. Where clocks that are put back
-- show midnight twice, PostgreSQL means the later one; it is the first that comes after p_at.
CREATE FUNCTION budget_window_end(p_kind text, p_zone text, p_at timestamptz) RETURNS timestamptz
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT CASE WHEN p_kind = 'manual' THEN NULL ELSE (
    SELECT min(c.midnight)
    FROM (SELECT date_trunc(p_kind, p_at AT TIME ZONE p_zone) + ('1 ' || p_kind)::interval AS shown) n,
      LATERAL (SELECT n.shown AT TIME ZONE p_zone AS later) l,
      LATERAL (VALUES (l.later), (l.later - interval '30 minutes'), (l.later - interval '1 hour'),
        (l.later - interval '2 hours'), (l.later - interval '3 hours')) c (midnight)
    WHERE c.midnight > p_at
      AND (c.midnight = l.later OR c.midnight AT TIME ZONE p_zone = n.shown)) END
$$;

CREATE FUNCTION budget_window_start(p_kind text, p_zone text, p_at timestamptz) RETURNS timestamptz
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT CASE WHEN p_kind = 'manual' THEN p_at ELSE (
    SELECT min(c.midnight)
    FROM (SELECT date_trunc(p_kind, p_at AT TIME ZONE p_zone) AS shown) n,
      LATERAL (SELECT n.shown AT TIME ZONE p_zone AS later) l,
      LATERAL (VALUES (l.later), (l.later - interval '30 minutes'), (l.later - interval '1 hour'),
        (l.later - interval '2 hours'), (l.later - interval '3 hours')) c (midnight)
    WHERE c.midnight = l.later OR c.midnight AT TIME ZONE p_zone = n.shown) END
$$;

-- What leases have of a window; other than 0 before it opens, where a restored database was told of
-- charges to it.
CREATE FUNCTION spend_granted(p_budget uuid, p_window bigint) RETURNS bigint
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT coalesce(sum(l.granted_nanos), 0)::bigint FROM leases l
  WHERE l.budget_id = p_budget AND l.window_id = p_window
$$;

-- Opens the next window of a budget whose window is over. Whoever comes first does it.
CREATE FUNCTION spend_roll(p_budget uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  budget budgets;
  moment timestamptz := clock_timestamp();
BEGIN
  PERFORM 1 FROM budgets WHERE id = p_budget AND window_ends_at <= moment;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO budget FROM budgets WHERE id = p_budget FOR NO KEY UPDATE;
  IF budget.window_ends_at IS NULL OR budget.window_ends_at > moment THEN
    RETURN;
  END IF;
  UPDATE budget_windows SET closed_at = budget.window_ends_at
    WHERE budget_id = p_budget AND closed_at IS NULL;
  INSERT INTO budget_windows (budget_id, window_id, organization_id, opened_at)
    VALUES (p_budget, budget.window_id + 1, budget.organization_id,
      budget_window_start(budget.window_kind, budget.time_zone, moment))
    -- A database that was restored may have been told of the window before.
    ON CONFLICT (budget_id, window_id) DO UPDATE SET
      opened_at = excluded.opened_at, closed_at = NULL;
  UPDATE budgets SET window_id = window_id + 1,
      granted_nanos = spend_granted(p_budget, budget.window_id + 1),
      window_ends_at = budget_window_end(window_kind, time_zone, moment)
    WHERE id = p_budget;
END
$$;

-- Leases -------------------------------------------------------------------------------------------

-- recall_at: another node asked for what is free. resolved: its node has said all it knows of what
-- was presumed. reversals counts the entries that took a presumption back.
ALTER TABLE leases
  DROP CONSTRAINT leases_budget_id_window_id_node_id_epoch_key,
  ADD COLUMN frozen_at timestamptz,
  ADD COLUMN recall_at timestamptz,
  ADD COLUMN reversals integer NOT NULL DEFAULT 0,
  ADD COLUMN resolved  boolean NOT NULL DEFAULT false,
  ALTER COLUMN id DROP IDENTITY;

-- Never the same again, also after the database was restored, sequences and all: a node may still
-- have charges of a lease that the backup does not know. Milliseconds, and 20 bits at random.
ALTER TABLE leases ALTER COLUMN id SET DEFAULT
  floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint << 20
    | floor(random() * 1048576)::bigint;

CREATE UNIQUE INDEX leases_one_live ON leases (budget_id, window_id, node_id, epoch)
  WHERE state = 'live';
CREATE INDEX leases_budget ON leases (budget_id, window_id);
CREATE INDEX leases_expiry ON leases (expires_at) WHERE state = 'live';
CREATE INDEX leases_recalled ON leases (node_id) WHERE state = 'live' AND recall_at IS NOT NULL;
CREATE INDEX leases_presumed ON leases (node_id) WHERE state = 'frozen' AND NOT resolved;

DROP FUNCTION spend_open, spend_ask, spend_return, spend_reading, spend_divert, spend_settle;
DROP TYPE budget_reading;

-- A budget as a node needs to know it. settled_elsewhere: by all leases of the window but the one
-- that the node uses, which is the one that is live. presumed_lately: what may yet turn out not to be
-- spent, for its node has not said its last word.
CREATE TYPE budget_reading AS (
  budget_id         uuid,
  window_id         bigint,
  scope             text,
  window_kind       text,
  label             text,
  limit_nanos       bigint,
  granted_nanos     bigint,
  settled_elsewhere bigint,
  presumed_lately   bigint,
  window_ends_at    timestamptz,
  read_at           timestamptz,
  ladder            text,
  estimation        text,
  cap_allowed       boolean
);

CREATE FUNCTION spend_reading(p_budget uuid, p_node uuid, p_epoch bigint) RETURNS budget_reading
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT b.id, b.window_id, b.scope, b.window_kind,
    CASE b.scope WHEN 'organization' THEN o.name ELSE b.label END,
    b.limit_nanos, b.granted_nanos, s.elsewhere, s.lately, b.window_ends_at, clock_timestamp(),
    p.ladder, p.estimation, p.cap_allowed
  FROM budgets b
    JOIN organizations o ON o.id = b.organization_id
    JOIN budgets p ON p.organization_id = b.organization_id AND p.scope = 'organization',
    LATERAL (
      SELECT coalesce(sum(l.spent_nanos) FILTER (
          WHERE NOT (l.node_id = p_node AND l.epoch = p_epoch AND l.state = 'live')), 0)::bigint
          AS elsewhere,
        coalesce(sum(l.presumed_nanos) FILTER (
          WHERE l.state = 'frozen' AND NOT l.resolved
            AND l.frozen_at > clock_timestamp() - interval '5 minutes'), 0)::bigint
          AS lately
      FROM leases l WHERE l.budget_id = b.id AND l.window_id = b.window_id) s
  WHERE b.id = p_budget AND b.removed_at IS NULL AND o.deleted_at IS NULL
$$;

-- The outcome of a request:
--   ok          it was done, now or when it was asked first
--   superseded  another process runs under the node's id
--   gone        the lease is not the node's to move any more: frozen, closed, or not known
--   behind      the node has done more than this database knows: it was restored

-- The node's lease of a budget in the window that is open; opened where there is none, renewed where
-- there is. Without a reading: no such budget, or its organization is deleted.
CREATE FUNCTION spend_open(
    p_node uuid, p_epoch bigint, p_budget uuid, p_lifetime interval,
    OUT outcome text, OUT lease bigint, OUT lease_granted bigint, OUT lease_spent bigint,
    OUT lease_request bigint, OUT reading budget_reading)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  budget budgets;
  held   leases;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  outcome := CASE WHEN FOUND THEN 'ok' ELSE 'superseded' END;
  PERFORM spend_roll(p_budget);
  SELECT b.* INTO budget FROM budgets b JOIN organizations o ON o.id = b.organization_id
    WHERE b.id = p_budget AND b.removed_at IS NULL AND o.deleted_at IS NULL;
  IF NOT FOUND OR outcome <> 'ok' THEN
    RETURN;
  END IF;
  UPDATE leases l SET expires_at = clock_timestamp() + p_lifetime
    WHERE l.budget_id = budget.id AND l.window_id = budget.window_id
      AND l.node_id = p_node AND l.epoch = p_epoch AND l.state = 'live'
    RETURNING l.* INTO held;
  IF NOT FOUND THEN
    INSERT INTO leases (budget_id, window_id, organization_id, node_id, epoch, expires_at)
      VALUES (budget.id, budget.window_id, budget.organization_id, p_node, p_epoch,
        clock_timestamp() + p_lifetime)
      RETURNING * INTO held;
  END IF;
  lease := held.id;
  lease_granted := held.granted_nanos;
  lease_spent := held.spent_nanos;
  lease_request := held.request;
  reading := spend_reading(budget.id, p_node, p_epoch);
END
$$;

-- What keeps a request of a node from being done; 'ok': nothing.
CREATE FUNCTION spend_obstacle(
    p_node uuid, p_epoch bigint, p_ours boolean, p_lease leases, p_budget uuid, p_request bigint)
  RETURNS text LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE
    WHEN NOT p_ours THEN 'superseded'
    WHEN p_lease.id IS NULL OR p_lease.node_id <> p_node OR p_lease.epoch <> p_epoch
      OR p_lease.budget_id <> p_budget THEN 'behind'
    -- Of a request that was given up and comes late, nobody waits for the answer.
    WHEN p_lease.state <> 'live' OR p_lease.request > p_request THEN 'gone'
    WHEN p_lease.request < p_request - 1 THEN 'behind'
    ELSE 'ok' END
$$;

-- Asks for money: at least p_ask or nothing, all of p_demand (calls that wait for it) as far as it
-- goes, and p_want (what the node would like to have in hand) as long as that is a small part of
-- what is left. Also renews. A repeated request is answered as it was the first time.
CREATE FUNCTION spend_ask(
    p_node uuid, p_epoch bigint, p_budget uuid, p_lease bigint, p_request bigint, p_ask bigint,
    p_demand bigint, p_want bigint, p_lifetime interval,
    OUT outcome text, OUT given bigint, OUT reading budget_reading)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held   leases;
  budget budgets;
  room   bigint;
  ours   boolean;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  given := 0;
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  ours := FOUND;
  SELECT * INTO held FROM leases WHERE id = p_lease FOR NO KEY UPDATE;
  outcome := spend_obstacle(p_node, p_epoch, ours, held, p_budget, p_request);
  IF outcome = 'ok' THEN
    PERFORM spend_roll(p_budget);
    IF held.request = p_request THEN
      given := held.given_nanos;
    ELSE
      SELECT b.* INTO budget FROM budgets b WHERE b.id = held.budget_id FOR NO KEY UPDATE;
      IF budget.window_id = held.window_id AND budget.removed_at IS NULL
          AND EXISTS (SELECT FROM organizations o
                      WHERE o.id = budget.organization_id AND o.deleted_at IS NULL) THEN
        IF budget.limit_nanos IS NULL THEN
          given := greatest(p_ask, p_demand, p_want);
        ELSE
          room := budget.limit_nanos - budget.granted_nanos;
          IF room > 0 AND room >= p_ask THEN
            given := least(room, greatest(p_ask, p_demand, least(p_want, room / 8)));
          END IF;
        END IF;
      END IF;
      IF given > 0 THEN
        UPDATE budgets SET granted_nanos = granted_nanos + given WHERE id = budget.id;
      END IF;
    END IF;
    UPDATE leases SET
        granted_nanos = granted_nanos + CASE WHEN request = p_request THEN 0 ELSE given END,
        request = p_request, given_nanos = given, expires_at = clock_timestamp() + p_lifetime
      WHERE id = p_lease;
  END IF;
  reading := spend_reading(p_budget, p_node, p_epoch);
END
$$;

-- Gives money back, and closes a lease that nothing is left of when it is asked to. What was
-- called back is so answered.
CREATE FUNCTION spend_return(
    p_node uuid, p_epoch bigint, p_budget uuid, p_lease bigint, p_request bigint, p_amount bigint,
    p_close boolean, OUT outcome text, OUT closed boolean)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held leases;
  ours boolean;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  closed := false;
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  ours := FOUND;
  SELECT * INTO held FROM leases WHERE id = p_lease FOR NO KEY UPDATE;
  IF ours AND held.request = p_request AND held.state = 'closed' THEN
    outcome := 'ok';
    closed := true;
    RETURN;
  END IF;
  outcome := spend_obstacle(p_node, p_epoch, ours, held, p_budget, p_request);
  IF outcome <> 'ok' THEN
    RETURN;
  END IF;
  IF held.request <> p_request THEN
    UPDATE leases SET
        granted_nanos = granted_nanos - p_amount, request = p_request, given_nanos = -p_amount,
        recall_at = NULL
      WHERE id = p_lease;
    UPDATE budgets SET granted_nanos = granted_nanos - p_amount
      WHERE id = held.budget_id AND window_id = held.window_id AND p_amount <> 0;
  END IF;
  IF p_close THEN
    UPDATE leases SET state = 'closed' WHERE id = p_lease AND granted_nanos = spent_nanos;
    closed := FOUND;
  END IF;
END
$$;

-- Asks all other nodes for what is free of their leases of a budget. How many were asked.
CREATE FUNCTION spend_recall(p_node uuid, p_epoch bigint, p_budget uuid) RETURNS bigint
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  asked bigint;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  WITH others AS (
    SELECT l.id FROM leases l JOIN budgets b ON b.id = l.budget_id AND b.window_id = l.window_id
    WHERE l.budget_id = p_budget AND l.state = 'live' AND l.granted_nanos > l.spent_nanos
      AND NOT (l.node_id = p_node AND l.epoch = p_epoch)
      AND l.expires_at > clock_timestamp()
    ORDER BY l.id FOR NO KEY UPDATE OF l
  ), flagged AS (
    UPDATE leases l SET recall_at = clock_timestamp() FROM others o WHERE l.id = o.id RETURNING 1
  )
  SELECT count(*) INTO asked FROM flagged;
  RETURN asked;
END
$$;

-- After a crash ------------------------------------------------------------------------------------

-- Presumes spent what is left of a lease, which is locked; whether anything was.
CREATE FUNCTION spend_presume(p_lease leases) RETURNS boolean
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  -- RFC 9562, section 5.7: 48 bits of milliseconds, then the version, the rest at random.
  call   uuid   := encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send(millis) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
  rest   bigint := p_lease.granted_nanos - p_lease.spent_nanos;
BEGIN
  IF rest <= 0 THEN
    -- Less than nothing: what was settled late into a lease of a restored database.
    UPDATE leases SET state = 'closed', granted_nanos = spent_nanos WHERE id = p_lease.id;
    UPDATE budgets SET granted_nanos = granted_nanos - rest
      WHERE id = p_lease.budget_id AND window_id = p_lease.window_id AND rest <> 0;
    RETURN false;
  END IF;
  INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, held_nanos, cost_nanos,
      status, budgets, windows)
    VALUES (timestamptz 'epoch' + millis * interval '1 millisecond', call, 0, 'presumed',
      p_lease.organization_id, rest, rest, 'presumed',
      ARRAY[p_lease.budget_id], ARRAY[p_lease.window_id]);
  UPDATE leases SET state = 'frozen', frozen_at = clock_timestamp(), presumed_nanos = rest,
      spent_nanos = granted_nanos, presumed_call = call
    WHERE id = p_lease.id;
  RETURN true;
END
$$;

-- Freezes leases whose node did not renew them. Nobody frees them before: a node stops granting at
-- the expiry by its own clock, and p_skew is for the clocks.
CREATE FUNCTION spend_freeze(p_skew interval, p_most integer) RETURNS integer
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held   leases;
  frozen integer := 0;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  FOR held IN
    SELECT * FROM leases WHERE state = 'live' AND expires_at < clock_timestamp() - p_skew
    ORDER BY id LIMIT p_most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    frozen := frozen + spend_presume(held)::integer;
  END LOOP;
  RETURN frozen;
END
$$;

-- A node gives up what it leased, for the database was restored: nothing that it has in memory can
-- be held against these rows. A backup that is older than the node's start is told of that. The last
-- batch that is known of it; null: another process, which started later, has its id.
CREATE FUNCTION spend_start_over(p_node uuid, p_epoch bigint, p_address text) RETURNS bigint
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held  leases;
  known bigint;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  INSERT INTO nodes AS n (id, epoch, address) VALUES (p_node, p_epoch, p_address)
    ON CONFLICT (id) DO UPDATE SET epoch = p_epoch, address = p_address, seen_at = clock_timestamp()
      WHERE n.epoch <= p_epoch
    RETURNING batch INTO known;
  IF FOUND THEN
    FOR held IN
      SELECT * FROM leases WHERE state = 'live' AND node_id = p_node AND epoch = p_epoch
      ORDER BY id FOR NO KEY UPDATE
    LOOP
      PERFORM spend_presume(held);
    END LOOP;
  END IF;
  RETURN known;
END
$$;

-- Takes back what was presumed of a lease, but for p_keep: what its node knows to be held still, or
-- does not know the end of. p_resolved: the node will not come back to it.
CREATE FUNCTION spend_reverse(
    p_node uuid, p_epoch bigint, p_lease bigint, p_keep bigint, p_resolved boolean,
    OUT reversed bigint)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held leases;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  reversed := 0;
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO held FROM leases
    WHERE id = p_lease AND node_id = p_node AND state = 'frozen' FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  reversed := greatest(held.presumed_nanos - greatest(p_keep, 0), 0);
  IF reversed > 0 THEN
    INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, held_nanos, cost_nanos,
        status, budgets, windows)
      SELECT l.held_at, l.call_id, held.reversals + 1, 'reversal', l.organization_id, 0, -reversed,
        'presumed', l.budgets, l.windows
      FROM ledger l
      WHERE l.call_id = held.presumed_call AND l.attempt = 0 AND l.kind = 'presumed'
        AND l.held_at >= held.frozen_at - interval '1 day'
        AND l.held_at <= held.frozen_at + interval '1 day';
    UPDATE budgets SET granted_nanos = granted_nanos - reversed
      WHERE id = held.budget_id AND window_id = held.window_id;
  END IF;
  UPDATE leases SET presumed_nanos = presumed_nanos - reversed,
      spent_nanos = spent_nanos - reversed, granted_nanos = granted_nanos - reversed,
      reversals = reversals + CASE WHEN reversed > 0 THEN 1 ELSE 0 END,
      resolved = resolved OR p_resolved
    WHERE id = p_lease;
END
$$;

-- Settlement ---------------------------------------------------------------------------------------

-- Charges a lease that is no longer live. As far as its remainder was presumed, the presumption is
-- taken back by as much, so that the sum stays; beyond that it is an overshoot. A lease that this
-- database does not know (it was restored) is made, and closed.
CREATE FUNCTION spend_divert(
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
    WHERE id = p_lease AND budget_id = p_budget AND window_id = p_window;
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

-- Commits a batch. An entry that is there already changes nothing, so a batch may be repeated. The
-- leases that were not live any more come back: their charges, and no others, were diverted. known:
-- the last batch that this database had of the node; p_after: the last one that it should have.
CREATE FUNCTION spend_settle(
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
      upstream_micros, budgets, windows)
    SELECT e.held_at, e.call_id, e.attempt, 'charge', e.organization_id, e.key_id, e.user_id,
      e.project, e.request_id, e.request_class, e.category, e.model_asked, e.model_served,
      e.ladder_step, e.dialect, e.provider, e.credential, e.provider_request_id, e.raw_usage,
      e.input_tokens, e.cache_read_tokens, e.cache_write_5m_tokens, e.cache_write_1h_tokens,
      e.output_tokens, e.reasoning_tokens, e.input_audio_tokens, e.output_audio_tokens,
      e.web_searches, e.service_tier, e.speed, e.geo, e.price_version, e.held_nanos, e.cost_nanos,
      e.status, e.total_micros, e.first_byte_micros, e.upstream_micros, e.budgets, e.windows
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

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY[
      'budget_set_changed', 'budget_window_end', 'budget_window_start', 'spend_granted',
      'spend_roll', 'spend_reading', 'spend_open', 'spend_obstacle', 'spend_ask', 'spend_return', 'spend_recall',
      'spend_presume', 'spend_freeze', 'spend_start_over', 'spend_reverse', 'spend_divert', 'spend_settle']
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', owned);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO tollgate_spend', owned);
  END LOOP;
  GRANT EXECUTE ON FUNCTION budget_window_end, budget_window_start TO tollgate_app, tollgate_admin;
END
$$;
