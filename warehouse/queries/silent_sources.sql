-- Which sources have not been read well for a week before the last reading of any?
SELECT vendor, source_url, max(last_good_on) AS last_good_on, max(last_on) AS last_on
FROM sources
GROUP BY vendor, source_url
HAVING max(last_good_on) IS NULL OR (SELECT max(day) FROM readings) - max(last_good_on) > 7
ORDER BY ALL;
