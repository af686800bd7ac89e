-- What changed, from the facts: `changes` is the difference of two days, `steps` every move between them, `events` what
-- people would say happened; `page_changes` is what single pages began and ceased to say.

CREATE OR REPLACE MACRO store.key_columns(of_table, product, key) AS
to_json(map_from_entries(list_zip(string_split(store.key_names(of_table), ' '),
        string_split(CASE WHEN of_table IN ($unkeyed) THEN product ELSE product || ' / ' || key END, ' / '))))::VARCHAR;
-- The id of a step, as tell/ makes it.
CREATE OR REPLACE MACRO store.step_id(vendor, product, of_table, key, field, day) AS
left(sha256(concat_ws(chr(10), vendor, product, of_table, CASE WHEN of_table NOT IN ($unkeyed) THEN replace(key, ' / ', chr(10)) END, field, day::VARCHAR)), 16);

-- Every move of every value, from < day <= to, one row per value and day.
CREATE OR REPLACE MACRO steps("from", "to") AS TABLE
SELECT s.vendor, s.product, s."table", s.key, store.key_columns(s."table", s.product, s.key) AS key_columns,
       s.kind, s.field, s."before", s."after", s.day, s.not_before, s.event, s.basis, s.source_url, s.quote_before, s.quote_after,
       lower(hex(b.sha256)) AS capture_before, lower(hex(a.sha256)) AS capture_after, r.name AS reader
FROM store.steps s
JOIN store.readers r USING (reader)
LEFT JOIN store.captures b ON b.capture = s.capture_before
LEFT JOIN store.captures a ON a.capture = s.capture_after
WHERE s.day > "from" AND s.day <= "to" AND s.day <= (SELECT max(d.day) FROM store.days d) AND s.known_to IS NULL;

-- How the tables of two days differ: one row per value that they show differently, and nothing else. kind: coverage is
-- ours (a page read for the first time, other evidence preferred), the others are the vendor's.
CREATE OR REPLACE MACRO changes("from", "to") AS TABLE
SELECT vendor, product, "table", key, any_value(key_columns) AS key_columns,
       CASE WHEN arg_max(kind, day) = 'changed' AND arg_min_null("before", day) IS NULL THEN arg_min(kind, day)
            WHEN arg_max(kind, day) = 'returned' AND arg_min_null("before", day) IS NOT NULL THEN 'changed'
            ELSE arg_max(kind, day) END AS kind,
       field, arg_min_null("before", day) AS "before", arg_max_null("after", day) AS "after",
       max(day) AS day, arg_max_null(not_before, day) AS not_before, arg_max_null(event, day) AS event,
       arg_max(basis, day) AS basis, arg_max(source_url, day) AS source_url,
       arg_min_null(quote_before, day) AS quote_before, arg_max_null(quote_after, day) AS quote_after,
       arg_min_null(capture_before, day) AS capture_before, arg_max_null(capture_after, day) AS capture_after,
       arg_max(reader, day) AS reader
FROM steps("from", "to")
GROUP BY vendor, product, "table", key, field
HAVING arg_min_null("before", day) IS DISTINCT FROM arg_max_null("after", day);

-- What happened at vendors, from < day <= to, with the ids of those of their steps that are of these days.
CREATE OR REPLACE MACRO events("from", "to") AS TABLE
WITH members AS (
    SELECT event, list(store.step_id(vendor, product, "table", key, field, day) ORDER BY day, "table", key, field) AS ids
    FROM steps("from", "to") GROUP BY event
)
SELECT t.event, t.vendor, t.product, t.kind, t.title, t.day, t.not_before, t.significance,
       coalesce(m.ids, []) AS changes, t.notice, t.confirmed, t.reasons,
       t.moved, t.reranked, coalesce(t.backfilled, false) AS backfilled
FROM store.told t LEFT JOIN members m USING (event)
WHERE t.day > "from" AND t.day <= "to";

-- What each page began and ceased to say, from < day <= to: for who maintains the readers. One row per differing field; an
-- added or removed claim is one row with field '*'. removal_unconfirmed: one reading lacks it; the next one decides.
CREATE OR REPLACE MACRO page_changes("from", "to") AS TABLE
SELECT r.vendor, e.product, e."table", e.key, store.key_columns(e."table", e.product, e.key) AS key_columns,
       e.kind, e.field, e."before", e."after", e.day, r.source_url, e.quote_before, e.quote_after,
       lower(hex(b.sha256)) AS capture_before, lower(hex(a.sha256)) AS capture_after, r.name AS reader
FROM store.events e
JOIN store.readers r USING (reader)
LEFT JOIN store.captures b ON b.capture = e.capture_before
LEFT JOIN store.captures a ON a.capture = e.capture_after
WHERE e.day > "from" AND e.day <= "to" AND e.known_to IS NULL;
