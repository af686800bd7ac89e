-- What publishers gave. Measurements are a series: one row per key, day and reading that said something new of it; of two
-- runs of one day the later one stands. read_on: the day of the capture.
CREATE TABLE IF NOT EXISTS store.measurements (
    publisher VARCHAR, reader BIGINT, read_on DATE, vendor VARCHAR, product VARCHAR, benchmark VARCHAR, mode VARCHAR,
    statistic VARCHAR, measured_on DATE, measured_at TIMESTAMP, "value" DECIMAL(18,9), unit VARCHAR, runs BIGINT,
    source_url VARCHAR, capture BIGINT, known_from TIMESTAMP, known_to TIMESTAMP
);

-- What publishers say of vendors' keys, in intervals as claims are; only the columns that they state, as JSON.
CREATE TABLE IF NOT EXISTS store.statements (
    publisher VARCHAR, reader BIGINT, vendor VARCHAR, product VARCHAR, "table" VARCHAR, key VARCHAR, "values" VARCHAR,
    quote VARCHAR, source_url VARCHAR, capture BIGINT, valid_from DATE, valid_to DATE, known_from TIMESTAMP,
    known_to TIMESTAMP
);

-- Providers that publishers name and we do not watch.
CREATE TABLE IF NOT EXISTS store.unwatched (
    publisher VARCHAR, reader BIGINT, read_on DATE, provider VARCHAR, known_from TIMESTAMP, known_to TIMESTAMP
);
