-- What each page said: all tables of the contract as intervals, side by side in one. A column that a table does not have
-- is null there and costs nothing, and one table of intervals takes a third of the bytes of twelve.
-- quote, basis and judged_on are those of valid_from; later ones with the same values are in store.citations.
-- fact: the number of what it speaks of. alone: the tables show the row just as it is, alone on its key, since it was known and
-- until alone_to (null: still); then it is no second time in store.resolved.
CREATE TABLE IF NOT EXISTS store.claims (
    "table" VARCHAR, $typed_columns, basis VARCHAR, source_url VARCHAR, quote VARCHAR,
    judged_on DATE, claim BIGINT, reader BIGINT, cause VARCHAR, valid_from DATE, valid_to DATE,
    known_from TIMESTAMP, ended_at TIMESTAMP, known_to TIMESTAMP, fact BIGINT, alone BOOLEAN, alone_to TIMESTAMP
);

-- What holds (view store.facts) where it is not just what one claim says: one row per key and span of days, resolved from the
-- claims value by value. claim, reader: of the leading value; sources: JSON, the claims of the columns that others supplied.
-- Never updated but for known_to.
CREATE TABLE IF NOT EXISTS store.resolved (
    "table" VARCHAR, $typed_columns, basis VARCHAR, source_url VARCHAR, quote VARCHAR,
    judged_on DATE, claim BIGINT, reader BIGINT, cause VARCHAR, sources VARCHAR, ended_on DATE, not_before DATE,
    fact BIGINT, valid_from DATE, valid_to DATE, known_from TIMESTAMP, known_to TIMESTAMP
);

-- Every value of a fact that differs from the day before: what `changes` adds up. event: the one of store.told it belongs to.
CREATE TABLE IF NOT EXISTS store.steps (
    fact BIGINT, day DATE, field VARCHAR, not_before DATE, kind VARCHAR, vendor VARCHAR, product VARCHAR,
    "table" VARCHAR, key VARCHAR, "before" VARCHAR, "after" VARCHAR, basis VARCHAR, source_url VARCHAR,
    quote_before VARCHAR, quote_after VARCHAR, capture_before BIGINT, capture_after BIGINT, reader BIGINT,
    known_from TIMESTAMP, known_to TIMESTAMP
);
ALTER TABLE store.steps ADD COLUMN IF NOT EXISTS event VARCHAR;

-- What a page states and the gate did not let in yet: since [since, until). claim: the one that keeps its value, if any.
CREATE TABLE IF NOT EXISTS store.waits (
    reader BIGINT, claim BIGINT, vendor VARCHAR, "table" VARCHAR, product VARCHAR, key VARCHAR, state VARCHAR,
    reason VARCHAR, stated VARCHAR, since DATE, until DATE, known_from TIMESTAMP, known_to TIMESTAMP
);

-- One happening at a vendor, as tell/ made it of the steps; members: ids of its changes.
CREATE TABLE IF NOT EXISTS store.told (
    event VARCHAR, vendor VARCHAR, product VARCHAR, kind VARCHAR, title VARCHAR, day DATE, not_before DATE,
    significance INTEGER, changes VARCHAR[], notice VARCHAR, confirmed BOOLEAN, reasons VARCHAR[]
);
ALTER TABLE store.told ADD COLUMN IF NOT EXISTS backfilled BOOLEAN;
ALTER TABLE store.told ADD COLUMN IF NOT EXISTS moved VARCHAR[][];
ALTER TABLE store.told ADD COLUMN IF NOT EXISTS reranked VARCHAR[];
