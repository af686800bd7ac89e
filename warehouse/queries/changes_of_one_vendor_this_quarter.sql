-- What changed this quarter for the vendor that changed most? The quarter is that of the last run.
WITH q AS (SELECT date_trunc('quarter', max(day))::DATE AS first_day, max(day) AS last_day FROM readings),
     moved AS (SELECT c.* FROM changes(DATE '1970-01-01', DATE '9999-12-31') c, q WHERE day BETWEEN first_day AND last_day)
SELECT day, vendor, product, "table", key, kind, field, "before", "after", source_url
FROM moved
WHERE vendor = (SELECT vendor FROM moved GROUP BY vendor ORDER BY count(*) DESC, vendor LIMIT 1)
ORDER BY day, "table", key, field;
