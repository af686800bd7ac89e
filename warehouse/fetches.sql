-- What fetching gave, one row per run and vendor; none for a run that fetched nothing (backfill, reread).
CREATE TABLE IF NOT EXISTS store.fetches (
    run VARCHAR, vendor VARCHAR, fetched_at TIMESTAMP, read_at TIMESTAMP, pages INTEGER, answered INTEGER,
    unchanged INTEGER, failed INTEGER, bytes BIGINT, seconds DOUBLE
);
