-- What happened this quarter at the vendor where most happened, weightiest first? The quarter is that of the last run.
WITH q AS (SELECT date_trunc('quarter', max(day))::DATE AS first_day, max(day) AS last_day FROM readings),
     happened AS (SELECT e.* FROM events(DATE '1970-01-01', DATE '9999-12-31') e, q WHERE day BETWEEN first_day AND last_day)
SELECT day, not_before, vendor, product, kind, title, significance, len(changes) AS changes
FROM happened
WHERE vendor = (SELECT vendor FROM happened GROUP BY vendor ORDER BY count(*) DESC, vendor LIMIT 1)
ORDER BY significance DESC, day, title;
