-- What changed, from the facts: `changes` is the difference of two days, `steps` every move between them, `events` what
-- people would say happened; `page_changes` is what single pages began and ceased to say.

-- A key as JSON: heads, what stands before each of its columns; parts, the columns as JSON writes them.
CREATE OR REPLACE MACRO store.key_heads(of_table) AS
$key_heads;
CREATE OR REPLACE MACRO store.key_parts(of_table, product, key) AS
string_split(to_json(CASE WHEN of_table IN ($unkeyed) THEN product ELSE product || ' / ' || key END)[2:-2], ' / ');
CREATE OR REPLACE MACRO store.key_columns(heads, parts) AS
concat($pairs, '"}');
-- The id of a step, as tell/ makes it.
CREATE OR REPLACE MACRO store.step_id(vendor, product, of_table, key, field, day) AS
left(sha256(concat_ws(chr(10), vendor, product, of_table, CASE WHEN of_table NOT IN ($unkeyed) THEN replace(key, ' / ', chr(10)) END, field, day::VARCHAR)), 16);

-- The stored steps of from < day <= to. Pages and readers are still numbers: they are named in what is left of them.
CREATE OR REPLACE MACRO store.moves("from", "to") AS TABLE
SELECT * FROM store.steps
WHERE day > "from" AND day <= "to" AND day <= (SELECT max(d.day) FROM store.days d) AND known_to IS NULL;

-- Every move of every value, from < day <= to, one row per value and day.
CREATE OR REPLACE MACRO steps("from", "to") AS TABLE
SELECT s.vendor, s.product, s."table", s.key, store.key_columns(s.heads, s.parts) AS key_columns,
       s.kind, s.field, s."before", s."after", s.day, s.not_before, s.event, s.basis, s.source_url, s.quote_before, s.quote_after,
       lower(hex(b.sha256)) AS capture_before, lower(hex(a.sha256)) AS capture_after, r.name AS reader
FROM (SELECT *, store.key_heads("table") AS heads, store.key_parts("table", product, key) AS parts FROM store.moves("from", "to")) s
JOIN store.readers r USING (reader)
LEFT JOIN store.captures b ON b.capture = s.capture_before
LEFT JOIN store.captures a ON a.capture = s.capture_after;

-- The moves of each value as one: what the first leaves (f), and where the last leads (l). Packed, because two aggregates of
-- a struct cost a fifth of fifteen of its parts.
CREATE OR REPLACE MACRO store.folded("from", "to") AS TABLE
SELECT vendor, product, "table", key,
       CASE WHEN l.kind = 'changed' AND f."before" IS NULL THEN f.kind
            WHEN l.kind = 'returned' AND f."before" IS NOT NULL THEN 'changed'
            ELSE l.kind END AS kind,
       field, f."before", l."after", l.day, l.not_before, l.event, l.basis, l.source_url, f.quote_before, l.quote_after,
       f.capture_before, l.capture_after, l.reader
FROM (SELECT vendor, product, "table", key, field,
             arg_min({kind: kind, "before": "before", quote_before: quote_before, capture_before: capture_before}, day) AS f,
             arg_max({kind: kind, "after": "after", day: day, not_before: not_before, event: event, basis: basis,
                      source_url: source_url, quote_after: quote_after, capture_after: capture_after, reader: reader}, day) AS l
      FROM store.moves("from", "to") GROUP BY vendor, product, "table", key, field)
WHERE f."before" IS DISTINCT FROM l."after";

-- How the tables of two days differ: one row per value that they show differently, and nothing else. kind: coverage is
-- ours (a page read for the first time, other evidence preferred), the others are the vendor's.
CREATE OR REPLACE MACRO changes("from", "to") AS TABLE
SELECT s.vendor, s.product, s."table", s.key, store.key_columns(s.heads, s.parts) AS key_columns,
       s.kind, s.field, s."before", s."after", s.day, s.not_before, s.event, s.basis, s.source_url, s.quote_before, s.quote_after,
       lower(hex(b.sha256)) AS capture_before, lower(hex(a.sha256)) AS capture_after, r.name AS reader
FROM (SELECT *, store.key_heads("table") AS heads, store.key_parts("table", product, key) AS parts FROM store.folded("from", "to")) s
JOIN store.readers r USING (reader)
LEFT JOIN store.captures b ON b.capture = s.capture_before
LEFT JOIN store.captures a ON a.capture = s.capture_after;

-- What happened at vendors, from < day <= to, with the ids of those of their steps that are of these days.
CREATE OR REPLACE MACRO events("from", "to") AS TABLE
WITH members AS (
    SELECT event, list(store.step_id(vendor, product, "table", key, field, day) ORDER BY day, "table", key, field) AS ids
    FROM store.moves("from", "to") WHERE event IS NOT NULL GROUP BY event
)
SELECT t.event, t.vendor, t.product, t.kind, t.title, t.day, t.not_before, t.significance,
       coalesce(m.ids, []) AS changes, t.notice, t.confirmed, t.reasons,
       t.moved, t.reranked, coalesce(t.backfilled, false) AS backfilled
FROM store.told t LEFT JOIN members m USING (event)
WHERE t.day > "from" AND t.day <= "to";

-- What each page began and ceased to say, from < day <= to: for who maintains the readers. One row per differing field; an
-- added or removed claim is one row with field '*'. removal_unconfirmed: one reading lacks it; the next one decides.
CREATE OR REPLACE MACRO page_changes("from", "to") AS TABLE
SELECT r.vendor, e.product, e."table", e.key, store.key_columns(store.key_heads(e."table"), store.key_parts(e."table", e.product, e.key)) AS key_columns,
       e.kind, e.field, e."before", e."after", e.day, r.source_url, e.quote_before, e.quote_after,
       lower(hex(b.sha256)) AS capture_before, lower(hex(a.sha256)) AS capture_after, r.name AS reader
FROM store.events e
JOIN store.readers r USING (reader)
LEFT JOIN store.captures b ON b.capture = e.capture_before
LEFT JOIN store.captures a ON a.capture = e.capture_after
WHERE e.day > "from" AND e.day <= "to" AND e.known_to IS NULL;
