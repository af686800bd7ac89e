-- All tables of the contract as intervals, side by side in one: a column that a table does not have is null there and
-- costs nothing, and one table of intervals takes a third of the bytes of twelve. The views give each its own columns.
-- quote, basis and judged_on are those of valid_from; later ones with the same values are in store.citations.
CREATE TABLE store.facts (
    "table" VARCHAR, $typed_columns, basis VARCHAR, source_url VARCHAR, quote VARCHAR,
    judged_on DATE, claim INTEGER, reader USMALLINT, cause VARCHAR, valid_from DATE, valid_to DATE,
    known_from TIMESTAMP, ended_at TIMESTAMP, known_to TIMESTAMP
);
