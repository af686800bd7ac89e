-- What publishers gave. Measurements: one row per key and day; of two runs of one day the later one stands, whole.
CREATE OR REPLACE VIEW measurements AS
SELECT m.vendor, m.product, m.benchmark, m.mode, m.statistic, m.measured_on, m.publisher, m."value", m.unit, m.runs,
       m.source_url, lower(hex(c.sha256)) AS capture
FROM (
    SELECT * FROM (
        SELECT * FROM store.measurements WHERE known_to IS NULL
        QUALIFY measured_at = max(measured_at) OVER (PARTITION BY publisher, vendor, product, benchmark, mode, measured_on)
    ) QUALIFY row_number() OVER (PARTITION BY publisher, vendor, product, benchmark, mode, statistic, measured_on
                                 ORDER BY read_on DESC, capture DESC) = 1
) m JOIN store.captures c ON c.capture = m.capture
ORDER BY ALL;

-- Everything that was ever held of the series, with when it was known: a file that was corrected, or put in quarantine, too.
CREATE OR REPLACE VIEW measurements_history AS
SELECT m.publisher, m.vendor, m.product, m.benchmark, m.mode, m.statistic, m.measured_on, m.measured_at, m."value", m.unit, m.runs,
       m.source_url, lower(hex(c.sha256)) AS capture, m.read_on, store.utc(m.known_from) AS known_from,
       store.utc(m.known_to) AS known_to
FROM store.measurements m JOIN store.captures c ON c.capture = m.capture
ORDER BY ALL;

-- The last measurement of each key by a day, however long ago it was: its day says so.
CREATE OR REPLACE MACRO measurements_on(on_day) AS TABLE
SELECT * FROM measurements WHERE measured_on <= on_day
QUALIFY measured_on = max(measured_on) OVER (PARTITION BY publisher, vendor, product, benchmark, mode)
ORDER BY ALL;

-- The series smoothed: the median of the medians of the seven days up to each day that was measured. Days without one are
-- not filled.
CREATE OR REPLACE VIEW measured_weeks AS
SELECT vendor, product, benchmark, mode, publisher, measured_on,
       median("value") OVER week AS week_ms, count(*) OVER week AS days
FROM measurements WHERE statistic = 'p50'
WINDOW week AS (PARTITION BY publisher, vendor, product, benchmark, mode ORDER BY measured_on
                RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW)
ORDER BY ALL;

-- The claim beside the measurement: what a vendor says of starting a new sandbox, and the last measured median of each mode.
-- They do not time the same thing; ratio says how far they are apart.
CREATE OR REPLACE MACRO claims_beside_measurements_on(on_day) AS TABLE
WITH c AS (
    SELECT vendor, product, statistic, coalesce(high_ms, low_ms) AS claimed_ms, source_url, quote, verified_on
    FROM cold_starts_on(on_day) WHERE operation = 'create' AND claimed_by = 'vendor' AND coalesce(high_ms, low_ms) > 0
    QUALIFY row_number() OVER (PARTITION BY vendor, product ORDER BY statistic <> 'typical', statistic <> 'p50', statistic) = 1
), m AS (
    SELECT vendor, product, publisher, benchmark, mode, measured_on,
           any_value("value") FILTER (statistic = 'p50') AS measured_ms, any_value("value") FILTER (statistic = 'success') AS success,
           any_value(runs) AS runs, any_value(source_url) AS measured_url, any_value(capture) AS capture
    FROM measurements_on(on_day) GROUP BY ALL
)
SELECT vendor, product, c.statistic AS claimed, c.claimed_ms, m.mode, m.measured_ms,
       round((m.measured_ms / c.claimed_ms)::DOUBLE, 2) AS ratio, m.success, m.runs, m.measured_on, m.publisher, m.benchmark,
       c.quote AS claim_quote, c.source_url AS claim_url, c.verified_on AS claim_verified_on, m.measured_url, m.capture
FROM c FULL JOIN m USING (vendor, product)
ORDER BY ratio DESC NULLS LAST, vendor, product, mode;
CREATE OR REPLACE VIEW claims_beside_measurements AS FROM claims_beside_measurements_on(DATE '9999-12-31');

-- What publishers say of a key beside what we hold of it, column by column. Theirs is what they said last; ours is of that
-- day (ours_on), or the first that we know of since. A price that they state of no plan or region in particular is compared
-- with each of ours: with the one that agrees, if there is one. Nothing in no period in particular is nothing in any. agrees: null where we hold nothing.
CREATE OR REPLACE VIEW publishers_say AS
WITH seen AS (
    SELECT reader, verified_on AS day FROM store.last_read(DATE '9999-12-31', TIMESTAMP '9999-12-31') WHERE verified_on IS NOT NULL
), said AS (
    SELECT s.*, seen.day AS said_on, unnest(json_keys(s."values")) AS "column"
    FROM store.statements s JOIN seen USING (reader) WHERE s.known_to IS NULL AND s.valid_to IS NULL
), theirs AS (
    SELECT *, row_number() OVER () AS n, store.measure(("values"->>'unit')) AS measure,
           regexp_replace(regexp_replace(key, '^any / core /', 'any / vcpu /'), '^any / ', '% / ') AS pattern
    FROM said WHERE "column" <> 'unit'
), ours AS (
    SELECT h.*, regexp_replace(h.key, '^([^/]+) / core /', '\1 / vcpu /') AS named, store.measure((h."values"->>'unit')) AS measure
    FROM facts_history h WHERE h.known_to IS NULL AND h.vendor IN (SELECT DISTINCT vendor FROM said)
), pairs AS (
    SELECT t.n, o.key, o."values", o.basis, o.source_url, o.quote, greatest(o.valid_from, t.said_on) AS ours_on,
           o.valid_from, t.key = o.key AS exact,
           CASE WHEN (o."values"->>t."column") IS NULL THEN NULL
                WHEN t."column" IN ('usd', 'amount') AND replace(t.measure, 'month', 'time') <> replace(o.measure, 'month', 'time') THEN false
                WHEN t."column" IN ('usd', 'amount') THEN store.comparable(t."values", t."column") = store.comparable(o."values", t."column")
                WHEN t."column" = 'usd_per_month' THEN (t."values"->>t."column")::DOUBLE = (o."values"->>t."column")::DOUBLE
                ELSE (t."values"->>t."column") = (o."values"->>t."column") END AS agrees
    FROM theirs t JOIN ours o ON o.vendor = t.vendor AND o.product = t.product AND o."table" = t."table"
         AND (o.key = t.key OR t."table" = 'prices' AND (o.named LIKE t.pattern
              OR o.named LIKE replace(t.pattern, ' / - / list', ' / %')  AND o.named LIKE '% / list')
              OR t."table" = 'allowances' AND (t."values"->>'amount')::DOUBLE = 0 AND o.key LIKE regexp_replace(t.key, '[^/]+$$', '%'))
         AND (o.valid_to IS NULL OR o.valid_to > t.said_on)
), best AS (
    SELECT * FROM pairs
    QUALIFY row_number() OVER (PARTITION BY n ORDER BY ours_on, exact DESC, agrees DESC NULLS LAST, key) = 1
)
SELECT t.publisher, t.vendor, t.product, t."table", t.key, t."column",
       store.plain((t."values"->>t."column")) || coalesce(' ' || CASE WHEN t."column" IN ('usd', 'amount') THEN (t."values"->>'unit') END, '') AS theirs,
       store.plain((b."values"->>t."column")) || coalesce(' ' || CASE WHEN t."column" IN ('usd', 'amount') THEN (b."values"->>'unit') END, '') AS ours,
       b.agrees, t.valid_from AS their_since, t.said_on AS their_date, t.source_url AS their_url, t.quote AS their_quote,
       lower(hex(c.sha256)) AS their_capture, b.key AS our_key, b.valid_from AS our_since, b.ours_on, b.basis AS our_basis,
       b.source_url AS our_url, b.quote AS our_quote
FROM theirs t LEFT JOIN best b USING (n) JOIN store.captures c ON c.capture = t.capture
ORDER BY ALL;

-- Providers that publishers name and we do not watch: in how many files, from when to when.
CREATE OR REPLACE VIEW unwatched AS
SELECT publisher, provider, count(*) AS files, min(read_on) AS first_on, max(read_on) AS last_on
FROM store.unwatched WHERE known_to IS NULL GROUP BY ALL ORDER BY ALL;
