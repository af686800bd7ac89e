-- Per reader its last reading, whole: a page whose bytes and reader are those of that day is recorded without being looked at.
CREATE TABLE IF NOT EXISTS store.last_reads (
    reader BIGINT, day DATE, outcome VARCHAR, partial BOOLEAN, sticky BOOLEAN, version BIGINT, capture BIGINT
);
