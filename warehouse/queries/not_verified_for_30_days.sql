-- Which cells have not been verified for 30 days before the last reading of any page?
WITH today AS (SELECT max(day) AS day FROM readings)
SELECT vendor, "table", facts, oldest, newest, today.day - newest AS days
FROM freshness, today
WHERE today.day - newest > 30
ORDER BY days DESC, vendor, "table";
