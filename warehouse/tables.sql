-- What is stored. People query the views (views.sql); everything here lives in the schema `store`.
--
-- Two time axes. valid: the days on which a vendor's page said so, [valid_from, valid_to). known: when this dataset
-- held it, [known_from, known_to). A row that was replaced keeps its place with known_to set; nothing is deleted.
-- There is no primary key and no check on purpose: they slow every append, and the writer checks before it publishes.
CREATE SCHEMA IF NOT EXISTS store;

-- One reader of one source. All its claims are compared only with themselves.
CREATE TABLE store.readers (
    reader BIGINT, vendor VARCHAR, source_url VARCHAR, name VARCHAR, rank INTEGER
);

-- Equal readings of one reader: on every day of its vendor's (store.days) from day until, inclusive, it read so; until null:
-- it goes on, and each day that the vendor gets is one of them. A day of it is known when the row and the day are.
-- Numbers of readers, claims, captures and versions are made of what they are (ids.py).
CREATE TABLE store.readings (
    reader BIGINT, day DATE, until DATE, outcome VARCHAR, partial BOOLEAN, sticky BOOLEAN, version BIGINT,
    capture BIGINT, known_from TIMESTAMP, known_to TIMESTAMP
);

CREATE TABLE store.versions (version BIGINT, name VARCHAR);

CREATE TABLE store.captures (capture BIGINT, sha256 BLOB, url VARCHAR, first_on DATE);

-- Days on which good readings lacked a claim. missing_on: the first complete one of them. ended_on: seen again,
-- or (removed) the day on which a second complete reading confirmed it.
CREATE TABLE store.absences (
    claim BIGINT, reader BIGINT, unseen_on DATE, missing_on DATE, ended_on DATE, removed BOOLEAN,
    known_from TIMESTAMP, known_to TIMESTAMP
);

-- The same values on another quote: the facts did not change, so the fact row stays and only this is added.
CREATE TABLE store.citations (
    claim BIGINT, cited_from DATE, basis VARCHAR, quote VARCHAR, judged_on DATE,
    known_from TIMESTAMP, known_to TIMESTAMP
);

-- What vendors changed, one row per differing field, ready to be scanned by day.
CREATE TABLE store.events (
    day DATE, decided_on DATE, kind VARCHAR, reader BIGINT, claim BIGINT, "table" VARCHAR, product VARCHAR,
    key VARCHAR, field VARCHAR, "before" VARCHAR, "after" VARCHAR, quote_before VARCHAR, quote_after VARCHAR,
    capture_before BIGINT, capture_after BIGINT, known_from TIMESTAMP, known_to TIMESTAMP
);

-- What we changed about days that were already recorded, one row per differing field and span of days.
CREATE TABLE store.corrections (
    corrected_at TIMESTAMP, cause VARCHAR, reader BIGINT, claim BIGINT, "table" VARCHAR, product VARCHAR,
    key VARCHAR, field VARCHAR, "before" VARCHAR, "after" VARCHAR, valid_from DATE, valid_to DATE,
    shown_from TIMESTAMP, quote_before VARCHAR, quote_after VARCHAR
);

-- Claims whose key another claim states too: only among them must the one that is shown be chosen.
-- contest is the lowest claim number of the key.
CREATE TABLE store.contested (claim BIGINT, contest BIGINT);

CREATE TABLE store.issues (
    issue INTEGER, kind VARCHAR, vendor VARCHAR, source_url VARCHAR, reader VARCHAR, message VARCHAR,
    nearest VARCHAR, first_on DATE, closed_on DATE
);

CREATE TABLE store.runs (
    run VARCHAR, kind VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, known_at TIMESTAMP,
    flow_run_id VARCHAR, days INTEGER, readings INTEGER, opened INTEGER, ended INTEGER, corrected INTEGER,
    changes INTEGER, issues_opened INTEGER, issues_closed INTEGER
);

-- views: what the views were last defined from.
CREATE TABLE store.layout (version INTEGER, contract INTEGER, views BIGINT);
