-- Captures that somebody else made: where they come from, for each day for which one stands.
CREATE TABLE IF NOT EXISTS store.origins (vendor VARCHAR, sha256 BLOB, day DATE, origin VARCHAR);
