-- By what a node proves to another that it is the one in the table: 32 bytes that nobody knows who does
-- not read the table. A node that is gone leaves its row, and its address may be anybody's by then.

SET LOCAL search_path TO tollgate, pg_temp;

ALTER TABLE nodes ADD COLUMN proof bytea NOT NULL
  DEFAULT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
