-- What did the pages say on 4 July 2026 about how long a session may last, as we know it now?
SELECT vendor, product, plan, has_limit, minutes, computed_from, source_url
FROM limits_in_minutes_on(DATE '2026-07-04')
WHERE "limit" = 'session_max'
ORDER BY ALL;
