-- What reports taught about tokens a byte, by provider, model and class of text. Nothing of a tenant:
-- numbers of reports, by how many tokens a byte had.

SET LOCAL search_path TO tollgate, pg_temp;

-- reports[n]: how many prompts had more than (n − 1)/128 and at most n/128 tokens a byte, since the
-- last reset.
CREATE TABLE text_bounds (
  provider text     NOT NULL,
  model    text     NOT NULL,
  class    text     NOT NULL,
  resets   bigint   NOT NULL CHECK (resets >= 0),
  reports  bigint[] NOT NULL CHECK (array_ndims(reports) = 1 AND cardinality(reports) = 128),
  PRIMARY KEY (provider, model, class)
) WITH (fillfactor = 50);

ALTER TABLE text_bounds ENABLE ROW LEVEL SECURITY;
ALTER TABLE text_bounds FORCE ROW LEVEL SECURITY;
CREATE POLICY spend ON text_bounds TO tollgate_spend USING (true) WITH CHECK (true);
CREATE POLICY administration ON text_bounds FOR SELECT TO tollgate_admin USING (true);
GRANT SELECT, INSERT, UPDATE ON text_bounds TO tollgate_spend;
GRANT SELECT ON text_bounds TO tollgate_admin;
