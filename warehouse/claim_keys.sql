-- Which fact each claim speaks of; kin: the same for all facts that differ in the plan alone. What a claim's row says in thirty
-- columns, in two numbers: so that the claims of a key are found without reading the others.
CREATE TABLE IF NOT EXISTS store.claim_keys (claim BIGINT, reader BIGINT, fact BIGINT, kin BIGINT);
