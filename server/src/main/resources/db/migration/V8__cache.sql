-- What nodes tell each other of writes while they cannot reach Redis.
--
-- cut_off: the node writes, or wrote, without Redis; while one says so, none gives or keeps cached
-- answers. era: how often the node was back from that; the sum over all nodes is part of every
-- cached answer's key.

SET LOCAL search_path TO tollgate, pg_temp;

ALTER TABLE nodes
  ADD COLUMN cache_cut_off boolean NOT NULL DEFAULT false,
  ADD COLUMN cache_era     bigint  NOT NULL DEFAULT 0;
