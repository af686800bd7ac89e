-- What happened at E2B this quarter, weightiest first? The quarter is that of the last run.
WITH q AS (SELECT date_trunc('quarter', max(day))::DATE AS first_day, max(day) AS last_day FROM readings)
SELECT day, not_before, product, kind, title, significance, len(changes) AS changes
FROM events(DATE '1970-01-01', DATE '9999-12-31'), q
WHERE vendor = 'e2b' AND day BETWEEN first_day AND last_day
ORDER BY significance DESC, day, title;
