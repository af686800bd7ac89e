-- A warehouse of a layout before 4, which held one row per reader and day: equal ones become one row, and vendors get their days.
INSERT INTO store.days
SELECT r.vendor, d.day, min(d.known_from), CASE WHEN count(*) = count(d.known_to) THEN max(d.known_to) END
FROM store.readings d JOIN store.readers r USING (reader) GROUP BY ALL ORDER BY d.day, r.vendor;

CREATE TABLE store.readings_then AS
WITH filled AS (
    SELECT reader, day, outcome, partial, sticky, last_value(version IGNORE NULLS) OVER w AS version,
           CASE WHEN outcome = 'good' THEN coalesce(capture, last_value(CASE WHEN outcome = 'good' THEN capture END IGNORE NULLS) OVER w)
                ELSE capture END AS capture, known_from, known_to
    FROM store.readings
    WINDOW w AS (PARTITION BY reader ORDER BY day, known_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), placed AS (
    SELECT r.vendor, v.day, v.known_from, row_number() OVER (PARTITION BY v.vendor ORDER BY v.day) AS place, max(v.day) OVER (PARTITION BY v.vendor) AS last
    FROM (SELECT DISTINCT vendor FROM store.readers) r JOIN store.days v ON v.vendor = r.vendor AND v.known_to IS NULL
), told AS (
    SELECT f.*, p.last, {o: f.outcome, p: f.partial, s: f.sticky, v: f.version, c: f.capture} AS said, p.place,
           p.known_from = f.known_from AS with_day
    FROM filled f JOIN store.readers r USING (reader) JOIN placed p ON p.vendor = r.vendor AND p.day = f.day WHERE f.known_to IS NULL
), begun AS (
    SELECT *, CASE WHEN said = lag(said) OVER w AND place = lag(place) OVER w + 1 AND with_day AND known_from >= lag(known_from) OVER w
                   THEN 0 ELSE 1 END AS begins
    FROM told WINDOW w AS (PARTITION BY reader ORDER BY day)
), numbered AS (
    SELECT *, sum(begins) OVER (PARTITION BY reader ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS span FROM begun
)
SELECT reader, min(day) AS day, CASE WHEN max(day) < any_value(last) THEN max(day) END AS until, any_value(outcome) AS outcome,
       any_value(partial) AS partial, any_value(sticky) AS sticky, any_value(version) AS version, any_value(capture) AS capture,
       min(known_from) AS known_from, NULL::TIMESTAMP AS known_to
FROM numbered GROUP BY reader, span
UNION ALL
SELECT reader, day, day, outcome, partial, sticky, version, capture, known_from, known_to FROM filled WHERE known_to IS NOT NULL
ORDER BY day, reader;

DROP TABLE store.readings;
ALTER TABLE store.readings_then RENAME TO readings;
DROP TABLE IF EXISTS store.last_reads;
