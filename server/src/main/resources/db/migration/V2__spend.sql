-- Budgets, their windows, nodes, leases and the ledger.
--
-- Locks are taken in one order everywhere: nodes, leases by id, budgets. Amounts are nano-dollars.

SET LOCAL search_path TO tollgate, pg_temp;

-- The money room names an organization in its messages, and stops at a deleted one.
CREATE POLICY spend ON organizations FOR SELECT TO tollgate_spend USING (true);
GRANT SELECT (id, name, deleted_at) ON organizations TO tollgate_spend;

-- Budgets ------------------------------------------------------------------------------------------

CREATE TABLE budgets (
  id              uuid    PRIMARY KEY,
  organization_id uuid    NOT NULL REFERENCES organizations (id),
  scope           text    NOT NULL CHECK (scope IN ('organization', 'user', 'key', 'project')),
  subject         text    NOT NULL DEFAULT '',
  window_kind     text    NOT NULL CHECK (window_kind IN ('manual', 'day', 'week', 'month')),
  window_id       bigint  NOT NULL,
  limit_nanos     bigint  CHECK (limit_nanos >= 0),
  granted_nanos   bigint  NOT NULL DEFAULT 0 CHECK (granted_nanos >= 0),
  ladder          text    NOT NULL,
  estimation      text    NOT NULL CHECK (estimation IN ('capped', 'strict', 'expected')),
  cap_allowed     boolean NOT NULL,
  UNIQUE (organization_id, scope, subject)
) WITH (fillfactor = 70);

CREATE TABLE budget_windows (
  budget_id       uuid        NOT NULL REFERENCES budgets (id),
  window_id       bigint      NOT NULL,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  opened_at       timestamptz NOT NULL DEFAULT now(),
  closed_at       timestamptz,
  PRIMARY KEY (budget_id, window_id)
);

-- Nodes and what they lease ------------------------------------------------------------------------

-- A start of a node raises its epoch; batch is the number of its last commit.
CREATE TABLE nodes (
  id         uuid        PRIMARY KEY,
  epoch      bigint      NOT NULL,
  batch      bigint      NOT NULL DEFAULT 0,
  address    text        NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Live: its node may hold out of granted − spent. Frozen: its remainder was presumed spent, and what
-- its node still says of it is held against that. Closed: nothing is left of it.
CREATE TABLE leases (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  budget_id       uuid        NOT NULL REFERENCES budgets (id),
  window_id       bigint      NOT NULL,
  organization_id uuid        NOT NULL REFERENCES organizations (id),
  node_id         uuid        NOT NULL REFERENCES nodes (id),
  epoch           bigint      NOT NULL,
  granted_nanos   bigint      NOT NULL DEFAULT 0,
  spent_nanos     bigint      NOT NULL DEFAULT 0,
  -- Of a frozen lease: what is presumed and not taken back, and the entry that presumed it.
  presumed_nanos  bigint      NOT NULL DEFAULT 0,
  presumed_call   uuid,
  state           text        NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'frozen', 'closed')),
  -- The last request that moved granted, and by how much: a repeat changes nothing.
  request         bigint      NOT NULL DEFAULT 0,
  given_nanos     bigint      NOT NULL DEFAULT 0,
  expires_at      timestamptz NOT NULL,
  UNIQUE (budget_id, window_id, node_id, epoch)
) WITH (fillfactor = 50);

CREATE INDEX leases_live ON leases (node_id) WHERE state = 'live';

-- The ledger ---------------------------------------------------------------------------------------

-- held_at is the instant that call_id carries. An entry belongs to the budgets and windows that its
-- money was held in.
CREATE TABLE ledger (
  held_at               timestamptz NOT NULL,
  call_id               uuid        NOT NULL,
  attempt               integer     NOT NULL,
  kind                  text        NOT NULL
    CHECK (kind IN ('charge', 'presumed', 'reversal', 'adjustment')),
  settled_at            timestamptz NOT NULL DEFAULT now(),
  organization_id       uuid        NOT NULL,
  key_id                uuid,
  user_id               uuid,
  project               text,
  job_id                uuid,
  job_step              text,
  request_id            text,
  request_class         text,
  category              text,
  model_asked           text,
  model_served          text,
  ladder_step           text,
  dialect               text,
  provider              text,
  credential            text,
  provider_request_id   text,
  raw_usage             text,
  input_tokens          bigint,
  cache_read_tokens     bigint,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens         bigint,
  reasoning_tokens      bigint,
  input_audio_tokens    bigint,
  output_audio_tokens   bigint,
  web_searches          bigint,
  service_tier          text,
  speed                 text,
  geo                   text,
  price_version         text,
  held_nanos            bigint      NOT NULL,
  cost_nanos            bigint,
  status                text        NOT NULL
    CHECK (status IN ('ok', 'error', 'disconnected', 'presumed')),
  total_micros          bigint,
  first_byte_micros     bigint,
  upstream_micros       bigint,
  budgets               uuid[]      NOT NULL,
  windows               bigint[]    NOT NULL,
  PRIMARY KEY (held_at, call_id, attempt, kind)
) PARTITION BY RANGE (held_at);

CREATE INDEX ledger_organization ON ledger (organization_id, held_at, call_id, attempt, kind);

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- For each row, since such a trigger is cloned to every partition.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- Makes the partition of a month (any day of it) where there is none. Attached rather than created
-- in place: that waits for no reader and no insert.
CREATE FUNCTION ledger_partition(month date) RETURNS void
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

REVOKE ALL ON FUNCTION ledger_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_partition TO tollgate_spend;

-- Who may see and do what --------------------------------------------------------------------------

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['budgets', 'budget_windows', 'leases', 'ledger'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format(
      'CREATE POLICY spend ON %I TO tollgate_spend USING (true) WITH CHECK (true)', owned);
    EXECUTE format(
      'CREATE POLICY tenant ON %I FOR SELECT TO tollgate_app'
      ' USING (organization_id = current_organization())', owned);
    EXECUTE format(
      'CREATE POLICY administration ON %I FOR SELECT TO tollgate_admin USING (true)', owned);
    EXECUTE format('GRANT SELECT ON %I TO tollgate_app, tollgate_admin', owned);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO tollgate_spend', owned);
  END LOOP;
END
$$;

GRANT UPDATE ON budgets, budget_windows, leases TO tollgate_spend;
GRANT SELECT, INSERT, UPDATE ON nodes TO tollgate_spend;
GRANT SELECT ON nodes TO tollgate_admin;

-- The lease protocol -------------------------------------------------------------------------------
--
-- Each function is one transaction of one statement, and enters the role of its room itself: that
-- saves the round trips of BEGIN, of the role and of COMMIT.

-- A budget as a node needs to know it. settled_elsewhere: by all leases of the window but the node's.
CREATE TYPE budget_reading AS (
  budget_id         uuid,
  window_id         bigint,
  name              text,
  limit_nanos       bigint,
  granted_nanos     bigint,
  settled_elsewhere bigint,
  ladder            text,
  estimation        text,
  cap_allowed       boolean
);

CREATE FUNCTION spend_reading(p_budget uuid, p_node uuid, p_epoch bigint) RETURNS budget_reading
  LANGUAGE sql STABLE SET search_path = tollgate, pg_temp
AS $$
  SELECT b.id, b.window_id, o.name, b.limit_nanos, b.granted_nanos,
    (SELECT coalesce(sum(l.spent_nanos), 0) FROM leases l
     WHERE l.budget_id = b.id AND l.window_id = b.window_id
       AND NOT (l.node_id = p_node AND l.epoch = p_epoch))::bigint,
    b.ladder, b.estimation, b.cap_allowed
  FROM budgets b JOIN organizations o ON o.id = b.organization_id
  WHERE b.id = p_budget AND o.deleted_at IS NULL
$$;

-- The node's lease of an organization's budget in the window that is open; opened where there is
-- none, renewed where there is. No row: no such budget, or its organization is deleted.
CREATE FUNCTION spend_open(
    p_node uuid, p_epoch bigint, p_organization uuid, p_lifetime interval,
    OUT superseded boolean, OUT lease bigint, OUT lease_granted bigint, OUT lease_spent bigint,
    OUT lease_request bigint, OUT reading budget_reading)
  RETURNS SETOF record
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  budget budgets;
  held   leases;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  superseded := NOT FOUND;
  SELECT b.* INTO budget FROM budgets b JOIN organizations o ON o.id = b.organization_id
    WHERE b.organization_id = p_organization AND b.scope = 'organization' AND o.deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF NOT superseded THEN
    UPDATE leases l SET expires_at = clock_timestamp() + p_lifetime
      WHERE l.budget_id = budget.id AND l.window_id = budget.window_id
        AND l.node_id = p_node AND l.epoch = p_epoch
      RETURNING l.* INTO held;
    IF NOT FOUND THEN
      INSERT INTO leases (budget_id, window_id, organization_id, node_id, epoch, expires_at)
        VALUES (budget.id, budget.window_id, p_organization, p_node, p_epoch,
          clock_timestamp() + p_lifetime)
        RETURNING * INTO held;
    END IF;
    superseded := held.state <> 'live';
  END IF;
  lease := held.id;
  lease_granted := held.granted_nanos;
  lease_spent := held.spent_nanos;
  lease_request := held.request;
  reading := spend_reading(budget.id, p_node, p_epoch);
  RETURN NEXT;
END
$$;

-- Asks for money: at least p_ask or nothing, all of p_demand (calls that wait for it) as far as it
-- goes, and p_want (what the node would like to have in hand) as long as that is a small part of
-- what is left. Also renews. A repeated request is answered as it was the first time.
CREATE FUNCTION spend_ask(
    p_node uuid, p_epoch bigint, p_lease bigint, p_request bigint, p_ask bigint, p_demand bigint,
    p_want bigint, p_lifetime interval,
    OUT superseded boolean, OUT given bigint, OUT reading budget_reading)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held   leases;
  budget budgets;
  room   bigint;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  given := 0;
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  superseded := NOT FOUND;
  SELECT * INTO held FROM leases WHERE id = p_lease FOR NO KEY UPDATE;
  superseded := superseded OR held.state <> 'live' OR held.node_id <> p_node
    OR held.epoch <> p_epoch;
  IF NOT superseded THEN
    IF held.request = p_request THEN
      given := held.given_nanos;
    ELSE
      SELECT b.* INTO budget FROM budgets b WHERE b.id = held.budget_id FOR NO KEY UPDATE;
      IF budget.window_id = held.window_id
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
  reading := spend_reading(held.budget_id, p_node, p_epoch);
END
$$;

-- Gives money back, and closes a lease that nothing is left of when it is asked to.
CREATE FUNCTION spend_return(
    p_node uuid, p_epoch bigint, p_lease bigint, p_request bigint, p_amount bigint,
    p_close boolean, OUT superseded boolean, OUT closed boolean)
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  held leases;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  closed := false;
  PERFORM 1 FROM nodes WHERE id = p_node AND epoch = p_epoch FOR KEY SHARE;
  superseded := NOT FOUND;
  SELECT * INTO held FROM leases WHERE id = p_lease FOR NO KEY UPDATE;
  IF held.request = p_request AND held.state = 'closed' THEN
    closed := true;
    RETURN;
  END IF;
  superseded := superseded OR held.state <> 'live' OR held.node_id <> p_node
    OR held.epoch <> p_epoch;
  IF superseded THEN
    RETURN;
  END IF;
  IF held.request <> p_request THEN
    UPDATE leases SET
        granted_nanos = granted_nanos - p_amount, request = p_request, given_nanos = -p_amount
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

-- One attempt that ended. Its leases are those that it was held in.
CREATE TYPE settlement AS (
  held_at               timestamptz,
  call_id               uuid,
  attempt               integer,
  organization_id       uuid,
  key_id                uuid,
  user_id               uuid,
  project               text,
  request_id            text,
  request_class         text,
  category              text,
  model_asked           text,
  model_served          text,
  ladder_step           text,
  dialect               text,
  provider              text,
  credential            text,
  provider_request_id   text,
  raw_usage             text,
  input_tokens          bigint,
  cache_read_tokens     bigint,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens         bigint,
  reasoning_tokens      bigint,
  input_audio_tokens    bigint,
  output_audio_tokens   bigint,
  web_searches          bigint,
  service_tier          text,
  speed                 text,
  geo                   text,
  price_version         text,
  held_nanos            bigint,
  cost_nanos            bigint,
  status                text,
  total_micros          bigint,
  first_byte_micros     bigint,
  upstream_micros       bigint,
  budgets               uuid[],
  windows               bigint[],
  leases                bigint[]
);

-- Charges a lease that is no longer live. As far as its remainder was presumed, the presumption is
-- taken back by as much, so that the sum stays; beyond that it is an overshoot.
CREATE FUNCTION spend_divert(p_lease bigint, p_entry settlement) RETURNS void
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  cost    bigint := coalesce(p_entry.cost_nanos, 0);
  held    leases;
  covered bigint;
BEGIN
  SELECT * INTO held FROM leases WHERE id = p_lease;
  covered := least(cost, held.presumed_nanos);
  IF covered > 0 THEN
    INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, key_id, user_id, project,
        request_id, held_nanos, cost_nanos, status, budgets, windows)
      VALUES (p_entry.held_at, p_entry.call_id, p_entry.attempt, 'reversal',
        p_entry.organization_id, p_entry.key_id, p_entry.user_id, p_entry.project,
        p_entry.request_id, 0, -covered, 'presumed',
        ARRAY[held.budget_id], ARRAY[held.window_id]);
  END IF;
  UPDATE leases SET
      presumed_nanos = presumed_nanos - covered,
      spent_nanos = spent_nanos + cost - covered,
      granted_nanos = granted_nanos + cost - covered
    WHERE id = p_lease;
  UPDATE budgets SET granted_nanos = granted_nanos + cost - covered
    WHERE id = held.budget_id AND window_id = held.window_id AND cost > covered;
END
$$;

-- Commits a batch. An entry that is there already changes nothing, so a batch may be repeated. The
-- leases that were not live any more come back: their entries, and no others, were diverted.
CREATE FUNCTION spend_settle(
    p_node uuid, p_epoch bigint, p_batch bigint, p_entries settlement[],
    OUT superseded boolean, OUT fenced bigint[])
  LANGUAGE plpgsql SET search_path = tollgate, pg_temp
AS $$
DECLARE
  diverted settlement[];
  one      settlement;
  gone     bigint;
BEGIN
  PERFORM set_config('role', 'tollgate_spend', true);
  UPDATE nodes SET batch = greatest(batch, p_batch), seen_at = clock_timestamp()
    WHERE id = p_node AND epoch = p_epoch;
  superseded := NOT FOUND;

  SELECT coalesce(array_agg(locked.id) FILTER (WHERE locked.state <> 'live'), '{}') INTO fenced
    FROM (SELECT l.id, l.state FROM leases l
          WHERE l.id IN (SELECT unnest(e.leases) FROM unnest(p_entries) e)
          ORDER BY l.id FOR NO KEY UPDATE) locked;

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
    FROM fresh f, unnest(f.leases) AS u (lease) GROUP BY u.lease
  ), charged AS (
    UPDATE leases l SET
        spent_nanos = l.spent_nanos + s.cost, granted_nanos = l.granted_nanos + s.excess
      FROM share s WHERE l.id = s.lease AND l.state = 'live'
      RETURNING l.budget_id, l.window_id, s.excess
  ), raised AS (
    UPDATE budgets b SET granted_nanos = b.granted_nanos + c.excess
      FROM charged c
      WHERE c.excess > 0 AND b.id = c.budget_id AND b.window_id = c.window_id
  )
  SELECT array_agg(f.whole) FILTER (WHERE f.leases && fenced) INTO diverted FROM fresh f;

  IF diverted IS NOT NULL THEN
    FOREACH one IN ARRAY diverted LOOP
      FOREACH gone IN ARRAY one.leases LOOP
        IF gone = ANY (fenced) THEN
          PERFORM spend_divert(gone, one);
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
      'spend_reading', 'spend_open', 'spend_ask', 'spend_return', 'spend_divert', 'spend_settle']
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', owned);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO tollgate_spend', owned);
  END LOOP;
END
$$;
